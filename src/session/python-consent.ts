import { confinesFunctions } from '../endpoint/confinement.ts';
import { DynopsError } from '../errors.ts';
import { isTrusted, trust } from '../home/trust.ts';
import { folderConfigFile } from '../settings/file.ts';
import type { Service } from '../stack/service.ts';
import type { Context } from './command.ts';
import { whyUnasked } from './confirm.ts';

const risk =
  'Python functions cannot be confined on this machine: they run with your rights, may read your files and start programs';

/** What is kept of a person's consent: of the folder, whatever its sources become. */
const consent = ({ cwd }: Pick<Context, 'cwd'>) => ({ file: `${folderConfigFile(cwd)}#python`, content: 'unconfined' });

export const isPython = ({ functions }: Service) => functions.some(({ code }) => code.kind === 'python');

/** Lets the folder's Python functions run where they cannot be confined. */
export const allowPython = (context: Context) => trust(context.trustHome, consent(context));

/**
 * Before the engine gets a service's Python functions: where it cannot confine them, a person is asked, once a folder.
 * Throws `ConfirmationNeeded` where nobody can be asked, and `Declined`.
 */
export async function consentToPython(context: Context, service: Service): Promise<void> {
  const { options, ui, env, trustHome, cwd } = context;
  if (!isPython(service) || options.trust) return;
  if ((await context.target()).kind !== 'local' || (await isTrusted(trustHome, consent(context)))) return;
  if (await confinesFunctions(context.home)) return;
  if (!ui.interactive) {
    throw new DynopsError({
      code: 'ConfirmationNeeded',
      message: `${risk}. There is no way to ask for permission: ${whyUnasked({ options, env })}.`,
      hint: 'Where you trust this folder, run `dynops trust` in it once, or add --trust for one run (`trust: true` for startStack).',
    });
  }
  if (!(await ui.confirm(`${risk}. Run those of ${cwd} all the same?`))) {
    throw new DynopsError({ code: 'Declined', message: 'Nothing was changed.' });
  }
  await allowPython(context);
}
