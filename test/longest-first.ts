import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Paths of the files that take longest, in seconds on two cores: a long one begun last would leave all cores but one idle. */
const longest = [
  'home/file-lock',
  'cli/terminal.test',
  'local/lambda/runtime.test',
  'cli/hung-engine',
  'cli/exit-statuses.exhaustive',
  'dynamodb/durability.exhaustive',
  'faults/up-from-nothing.aws-like',
  'faults/up-from-nothing',
  'cli/export-service',
  'faults/up-with-drift',
  'conformance/terraform',
  'storage/faults.exhaustive',
  'faults/down',
  'faults/service',
  'cli/export',
  'cli/documents.exhaustive',
  'differential.exhaustive',
  'local/malformed',
  'cli/service-life',
  'cli/first-service',
  'storage/faults',
  'stack/drift',
  'cli/steps',
  'stack/endpoints',
  'local/lambda/hostile',
  'cli/faults',
  'cli/',
  'faults/',
  'stack/',
  'local/lambda',
  'browser/',
];

/** How soon a file is begun; the smaller, the sooner. */
function rank(path: string): number {
  const index = longest.findIndex((part) => path.includes(`/${part}`));
  return index < 0 ? longest.length : index;
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => rank(one.moduleId) - rank(other.moduleId));
  }
}
