import { ownMember } from '../../own-member.ts';
/** A service of the map, and its calls of others. */
export interface MapNode {
  id: number;
  name: string;
  type: string;
  isClient: boolean;
  statistics: NodeStatistics;
  calls: (NodeStatistics & { to: number })[];
}

export interface NodeStatistics {
  requests: number;
  errors: number;
  throttles: number;
  faults: number;
  meanMs: number;
}

/** A node with its place: columns from who calls to who is called, rows from the top. */
export interface PlacedNode extends MapNode {
  column: number;
  row: number;
  /** `client`, `API Gateway`, `Lambda`, … */
  kind: string;
}

const kinds: Record<string, string> = {
  client: 'client',
  'AWS::ApiGateway::Stage': 'API Gateway',
  'AWS::Lambda': 'Lambda',
  'AWS::Lambda::Function': 'function',
  'AWS::DynamoDB::Table': 'DynamoDB',
};

/** Lays the map out: each service one column after the last that calls it. Only what somebody calls, or who calls, is in it. */
export function layOut(nodes: readonly MapNode[]): PlacedNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const columns = new Map<number, number>();
  const called = new Set(nodes.flatMap(({ calls }) => calls.map(({ to }) => to)));

  function visit(node: MapNode, column: number, trail: readonly number[]): void {
    // Services that call one another in a circle would push each other on for ever.
    if (trail.includes(node.id) || (columns.get(node.id) ?? -1) >= column) return;
    columns.set(node.id, column);
    for (const { to } of node.calls) {
      const next = byId.get(to);
      if (next) visit(next, column + 1, [...trail, node.id]);
    }
  }

  for (const node of nodes) if (!called.has(node.id) && node.calls.length > 0) visit(node, 0, []);
  for (const node of nodes) if (!columns.has(node.id)) visit(node, 0, []);

  const rows = new Map<number, number>();
  return nodes
    .map((node) => ({ node, column: columns.get(node.id) ?? 0 }))
    .sort((a, b) => a.column - b.column)
    .map(({ node, column }) => {
      const row = rows.get(column) ?? 0;
      rows.set(column, row + 1);
      return { ...node, column, row, kind: ownMember(kinds, node.type) ?? node.type };
    });
}

/** The part of a map that belongs to one name: its own nodes, their callers, and what they call. */
export function around<Found extends MapNode>(nodes: readonly Found[], name: string): Found[] {
  const kept = new Set<number>();
  const walk = (from: readonly number[], next: (id: number) => number[]): void => {
    const seen = new Set<number>();
    const open = [...from];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      kept.add(id);
      open.push(...next(id));
    }
  };
  const own = nodes.filter((node) => node.name === name).map(({ id }) => id);
  walk(own, (id) => nodes.find((node) => node.id === id)?.calls.map(({ to }) => to) ?? []);
  walk(own, (id) => nodes.filter(({ calls }) => calls.some(({ to }) => to === id)).map((node) => node.id));
  return nodes
    .filter(({ id }) => kept.has(id))
    .map((node) => ({ ...node, calls: node.calls.filter(({ to }) => kept.has(to)) }));
}

/** The share of requests that failed in any way. */
export function failedShare({ requests, errors, faults }: NodeStatistics): number {
  return requests === 0 ? 0 : (errors + faults) / requests;
}
