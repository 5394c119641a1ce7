import { readNumber } from '../wire/numbers.ts';
import { readConditions, tokensOf, valueTest } from './pattern-parts.ts';
import { invalidPattern } from './regex-pattern.ts';

type FieldTest = (field: string) => boolean;

/**
 * `[ip, user != "-", ..., status = 4* || status = 5*, bytes > 1000]` → a test of messages: one with as many fields as are
 * named, `...` standing for any number, whose fields meet their conditions. What a message has in `"…"` or `[…]` is one field.
 * Source: user guide, "Filter pattern syntax", space-delimited log events.
 */
export function parseDelimitedPattern(pattern: string): (message: string) => boolean {
  const tokens = tokensOf(pattern, '[],');
  const { peek, take } = tokens;

  function field(): FieldTest {
    let name: string | undefined;
    return readConditions<string>(tokens, () => {
      const named = take();
      if (!/^[\w$.-]+$/.test(named)) throw invalidPattern(`${named} is not the name of a field`);
      name ??= named;
      if (named !== name) throw invalidPattern(`${named} is compared in the place of ${name}`);
      const operator = peek();
      if (operator === undefined || [',', ']', ')', '&&', '||'].includes(operator)) return () => true;
      take();
      const holds = valueTest(operator, take());
      // Fields are text: an order among them is that of numbers, which they may not be.
      const isOrder = operator.startsWith('<') || operator.startsWith('>');
      return (text) => holds(isOrder ? (readNumber(text, 'Double') ?? text) : text);
    });
  }

  /** What comes before `...`, and what after it; without one, nothing comes after. */
  const [first, last]: [FieldTest[], FieldTest[]] = [[], []];
  let isOpen = false;
  take('[');
  do {
    if (peek() === '...') {
      if (isOpen) throw invalidPattern('it has ... twice');
      take();
      isOpen = true;
    } else (isOpen ? last : first).push(field());
  } while (peek() === ',' && take());
  take(']');
  tokens.end();

  return (message) => {
    const fields = fieldsOf(message);
    const least = first.length + last.length;
    if (isOpen ? fields.length < least : fields.length !== least) return false;
    const end = fields.slice(fields.length - last.length);
    return first.every((test, at) => test(fields[at] ?? '')) && last.every((test, at) => test(end[at] ?? ''));
  };
}

/** Lambda's own lines have tabs between fields, which count as well. */
function fieldsOf(message: string): string[] {
  const field = /"([^"]*)"(?=\s|$)|\[([^[\]]*)\](?=\s|$)|(\S+)/g;
  return [...message.matchAll(field)].map(([, quoted, bracketed, plain]) => quoted ?? bracketed ?? plain ?? '');
}
