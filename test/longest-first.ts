import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Paths of the files that take longest, in seconds on two cores: a long one begun last would leave all cores but one idle. */
const longest = [
  'cli/hung-engine',
  'conformance/terraform',
  'cli/export-service',
  'faults/up-from-nothing.aws-like',
  'faults/up-from-nothing',
  'faults/up-with-drift',
  'faults/down',
  'faults/service',
  'dynamodb/durability.exhaustive',
  'cli/export',
  'storage/faults.exhaustive',
  'local/malformed',
  'cli/service-life',
  'differential.exhaustive',
  'cli/first-service',
  'cli/faults',
  'cli/',
  'local/lambda/hostile',
  'faults/',
  'measure/load',
  'storage/faults',
  'stack/',
  'local/lambda',
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
