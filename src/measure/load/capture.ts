import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

export type CapturedValue = { text: string } | { problem: string };

/** https://www.rfc-editor.org/rfc/rfc6901; the whole answer, which "" would name, is no value to put anywhere. */
export const pointerPattern = /^(?:\/(?:[^/~]|~[01])*)+$/;

/** One text, number or truth value of an answer's JSON; a number with the digits that it has there. */
export function capturedValue(body: Buffer, pointer: string): CapturedValue {
  const text = body.toString('utf8');
  const steps = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let node = treeOf(text);
  for (const step of steps) node = node && findNodeAtLocation(node, [node.type === 'array' ? Number(step) : step]);
  if (node?.type === 'string') return { text: String(node.value) };
  if (node?.type === 'number' || node?.type === 'boolean') {
    return { text: text.slice(node.offset, node.offset + node.length) };
  }
  return { problem: node ? `${pointer} is ${node.type} in the answer` : `no ${pointer} in the answer` };
}

/** undefined: no JSON, or nested more deeply than the parser, which calls itself for each level, can follow. */
function treeOf(text: string): Node | undefined {
  try {
    return parseTree(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
