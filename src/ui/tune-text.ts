import type { LatencyFigures } from '../measure/load/figures.ts';
import type { FunctionConfiguration } from '../measure/load/result.ts';
import { type ColdTrial, mostFailed, type TrialFigures, type TrialSettings } from '../measure/tune.ts';
import { count, dollars, milliseconds, percentage } from './figures.ts';
import { functionText } from './load-text.ts';
import { type Column, type Look, tableLines } from './table.ts';
import { hanging, wrapped } from './words.ts';

/** One trial: what the function reported, and what its callers saw. */
export interface Trial extends TrialFigures {
  latencyMs: LatencyFigures;
  requestsPerSecond: number;
  errorRate: number;
}

export interface TuneOutcome {
  target: 'local' | 'aws' | 'endpoint';
  /** As it was before. */
  current: FunctionConfiguration;
  trials: Trial[];
  strategy: string;
  best: Trial | undefined;
  /** The engine runs functions at this machine's speed whatever their memory: no size is better than another. */
  sizeHasNoEffect: boolean;
  applied: boolean;
}

const sizes: Column[] = [{ title: 'memory' }, { title: 'arch' }];
const below = (...titles: string[]): Column[] => titles.map((title) => ({ title, narrow: 'below' }));

export function tuneLines(outcome: TuneOutcome, look: Look): string[] {
  const { current, trials, best } = outcome;
  return [
    ...hanging('function  ', functionText(current), look.width),
    '',
    ...tableLines(
      [
        { title: '' },
        ...sizes,
        { title: 'warm' },
        ...below('per million', 'p95', 'billed', 'cold starts', 'used', 'API p95'),
      ],
      trials.map((trial) => ({
        cells: [
          trial === best ? '→' : '',
          `${count(trial.memoryMb)} MB`,
          trial.architecture,
          milliseconds(trial.warm.meanMs),
          dollars(trial.costPerMillion),
          milliseconds(trial.warm.p95Ms),
          milliseconds(trial.meanBilledMs),
          coldText(trial),
          `${trial.maxUsedMb} MB`,
          milliseconds(trial.latencyMs.p95),
        ],
        style: trial === best ? 'green' : undefined,
      })),
      look,
    ),
    '',
    ...remarks(outcome).flatMap((line) => wrapped(line, look.width)),
  ];
}

/** `tune --cold`: cold starts alone. */
export interface ColdOutcome extends Pick<TuneOutcome, 'target' | 'current' | 'sizeHasNoEffect'> {
  trials: ColdTrial[];
}

export function coldLines(outcome: ColdOutcome, look: Look): string[] {
  return [
    ...hanging('function  ', functionText(outcome.current), look.width),
    '',
    ...tableLines(
      [...sizes, { title: 'init' }, ...below('fastest', 'slowest', 'first call', 'billed', 'used', 'starts')],
      outcome.trials.map((trial) => ({
        cells: [
          `${count(trial.memoryMb)} MB`,
          trial.architecture,
          milliseconds(trial.initMs.mean),
          milliseconds(trial.initMs.min),
          milliseconds(trial.initMs.max),
          milliseconds(trial.meanMs),
          milliseconds(trial.meanBilledMs),
          `${trial.maxUsedMb} MB`,
          count(trial.starts),
        ],
      })),
      look,
    ),
    '',
    ...coldRemarks(outcome).flatMap((line) => wrapped(line, look.width)),
  ];
}

export function coldRemarks({ target, trials, current, sizeHasNoEffect }: ColdOutcome): string[] {
  return [
    ...(trials.length === 0 ? ['No cold start was reported.'] : []),
    ...trials.flatMap((trial) =>
      trial.failed === 0 ? [] : [`At ${sizeText(trial)}, ${count(trial.failed)} of the requests failed.`],
    ),
    `Each start followed a change of the function's memory; it has ${count(current.memoryMb)} MB, ${current.architecture} again.`,
    ...(sizeHasNoEffect ? noEffect : target === 'local' ? [engineStarts] : []),
  ];
}

const engineFigures =
  "These are this machine's figures, not AWS's: the engine slows functions down by their memory as AWS would.";
const engineStarts =
  "These are this machine's figures, not AWS's: as on Lambda a start runs at full speed whatever the memory, and only the first call after it does not.";
const noEffect = [
  "The size has no effect: without --aws-like the engine runs functions at this machine's speed whatever their memory.",
  'To see an effect, run dynops local stop, then dynops local start --aws-like.',
];

const sizeText = ({ memoryMb, architecture }: TrialSettings) => `${count(memoryMb)} MB, ${architecture}`;

export function coldText({ cold }: TrialFigures): string {
  return cold.count === 0 ? 'none seen' : `${cold.count} × ${milliseconds(cold.meanInitMs)}`;
}

export function remarks({ target, current, trials, best, sizeHasNoEffect, strategy, applied }: TuneOutcome): string[] {
  const failures = trials.flatMap(({ errorRate, ...settings }) => {
    const passedOver = errorRate > mostFailed && !sizeHasNoEffect ? ', so it is not chosen' : '';
    return errorRate === 0
      ? []
      : [`At ${sizeText(settings)}, ${percentage(errorRate)} of the requests failed${passedOver}.`];
  });
  if (sizeHasNoEffect && trials.length > 0) {
    return [...failures, 'No size is best: the differences are chance. The function is as it was.', ...noEffect];
  }
  const chosen = best && sizeText(best);
  const isCurrent = best?.memoryMb === current.memoryMb && best.architecture === current.architecture;
  return [
    ...failures,
    ...(trials.length === 0 ? ['No invocation was reported: there is nothing to choose from.'] : []),
    ...(trials.length > 0 && !best ? ['No size is best. The function is as it was.'] : []),
    ...(chosen === undefined
      ? []
      : [
          applied
            ? `The function now has ${chosen}: the best for ${strategy}.`
            : `Best for ${strategy}: ${chosen}${isCurrent ? ', as it is.' : '. Add --apply to set it; the function is as it was.'}`,
        ]),
    ...(target === 'local' ? [engineFigures] : []),
  ];
}
