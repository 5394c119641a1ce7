import {
  createReader,
  type Reader,
  readOperand,
  readPath,
  type Step,
  updateFunctions,
  type WrittenOperand,
} from './syntax.ts';

/** An update's actions as they are written, their placeholders unresolved. */
export type WrittenAction =
  | { kind: 'SET'; steps: Step[]; value: WrittenOperand }
  | { kind: 'REMOVE'; steps: Step[] }
  | { kind: 'ADD' | 'DELETE'; steps: Step[]; placeholder: string };

const sections = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;
type Section = (typeof sections)[number];

/** Throws AwsError ValidationException. */
export function parseUpdate(text: string): WrittenAction[] {
  const reader = createReader(text, 'UpdateExpression');
  const actions: WrittenAction[] = [];
  const seen = new Set<Section>();
  do {
    const section = sections.find((each) => reader.take(each)) ?? reader.unexpected();
    if (seen.has(section)) {
      reader.fault('section', `The "${section}" section can only be used once in an update expression;`);
    }
    seen.add(section);
    do actions.push(readAction(reader, section));
    while (reader.take(','));
  } while (sections.includes(reader.peek().text.toUpperCase() as Section));
  reader.finish();
  return actions;
}

/** Throws AwsError ValidationException. */
export function parseProjection(text: string): Step[][] {
  const reader = createReader(text, 'ProjectionExpression');
  const paths = [readPath(reader)];
  while (reader.take(',')) paths.push(readPath(reader));
  reader.finish();
  return paths;
}

function readAction(reader: Reader, section: Section): WrittenAction {
  const steps = readPath(reader);
  switch (section) {
    case 'SET':
      reader.expect('=');
      return { kind: section, steps, value: readSum(reader) };
    case 'REMOVE':
      return { kind: section, steps };
    default: {
      const { kind, text } = reader.peek();
      if (kind !== 'value placeholder') reader.unexpected();
      reader.next();
      return { kind: section, steps, placeholder: text };
    }
  }
}

/** One operand, or two with + or − between them; either may be such a sum in parentheses. */
function readSum(reader: Reader): WrittenOperand {
  const left = readTerm(reader);
  const kind = reader.take('+') ? '+' : reader.take('-') ? '-' : undefined;
  if (!kind) return left;
  reader.countOperator();
  return { kind, left, right: readTerm(reader) };
}

function readTerm(reader: Reader): WrittenOperand {
  if (!reader.take('(')) return readOperand(reader, updateFunctions);
  const sum = readSum(reader);
  reader.expect(')');
  return sum;
}
