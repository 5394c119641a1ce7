import { DynopsError } from '../errors.ts';
import { act } from './act.ts';
import { compareAll, type Finding } from './compare.ts';
import { failure, isWorthAnotherLook } from './failures.ts';
import type { Node } from './node.ts';
import { readAll } from './read.ts';
import { refuse, refuseOtherService } from './refuse.ts';
import { note, type Run } from './run.ts';
import type { ResourceReport } from './types.ts';

/** After a step whose outcome is unclear, the account is read again; this many times, with pauses that grow to this. */
const maxPasses = 12;
const longestPauseMs = 4_000;

/**
 * read → compare → act, until it holds: a step whose answer was lost, or that met another command's, is not guessed
 * at but looked at again, and so is whether what was deleted is gone.
 * Answers what was done to those that `isTold` picks. Throws DynopsError with what was done to each resource so far.
 */
export async function converge(run: Run, isTold: (node: Node) => boolean = () => true): Promise<ResourceReport[]> {
  for (let pass = 1; ; pass += 1) {
    let doomed: Finding[] = [];
    try {
      await readAll(run);
      const findings = await compareAll(run);
      refuseOtherService(run, findings);
      sayWhatLeft(run, findings);
      refuse(findings, { ...run.options, touched: run.touched });
      doomed = findings.filter(({ action }) => action === 'deleted');
      await act(run, findings);
      if (doomed.length === 0) {
        sayWhatIsUnknown(run, findings);
        return findings.filter(({ node }) => isTold(node)).map((finding) => reportOf(run, finding));
      }
    } catch (error) {
      if (pass >= maxPasses || !isWorthAnotherLook(error)) throw failure(run, error);
      await pause(run, backoffMs(pass));
      continue;
    }
    if (pass >= maxPasses) throw failure(run, notGone(doomed));
    // What was removed may show for a moment longer.
    await pause(run, pass === 1 ? 0 : backoffMs(pass));
  }
}

/** Before it goes. */
function sayWhatLeft(run: Run, findings: readonly Finding[]): void {
  const list = (action: Finding['action']) =>
    findings
      .filter((finding) => run.former.includes(finding.node) && finding.action === action)
      .map(({ node, name }) => `${node.type} ${name}`)
      .join(', ');
  const [goes, stays] = [list('deleted'), list('kept')];
  if (goes) note(run, `No longer in the service, and removed: ${goes}.`);
  if (stays) note(run, `No longer in the service, and kept with its items: ${stays}.`);
}

const backoffMs = (pass: number) => Math.min(longestPauseMs, 100 * 2 ** pass) * (0.5 + Math.random() / 2);

async function pause(run: Run, ms: number): Promise<void> {
  await run.aws.pause(ms).catch((reason: unknown) => {
    throw failure(run, reason);
  });
}

/** What was done; of what is not wanted and was not there to delete, nothing was. */
function reportOf(run: Run, { node, name, actual, action }: Finding): ResourceReport {
  return run.reports.get(node.id) ?? { type: node.type, name, id: actual?.id ?? null, action, ms: 0 };
}

/** Deleting what may be somebody else's cannot be taken back. */
function sayWhatIsUnknown(run: Run, findings: readonly Finding[]): void {
  for (const { node, action, actual } of findings) {
    if (action !== 'kept' || actual?.tagsKnown !== false) continue;
    note(
      run,
      `The endpoint does not tell who owns the ${node.type} ${actual.id}, and nothing else of the stack exists: it was not touched.`,
    );
  }
}

function notGone(doomed: readonly Finding[]): DynopsError {
  return new DynopsError({
    code: 'NotGone',
    message: `Still there after being deleted: ${doomed.map(({ node, name }) => `${node.type} ${name}`).join(', ')}.`,
  });
}
