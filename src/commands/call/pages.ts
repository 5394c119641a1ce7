import type { Api, Exchange } from '../../session/session.ts';
import { elementsOf, isJson, membersOf, objectText } from './json-text.ts';
import { nextPagePayload } from './request.ts';

/** What the API answered, over all exchanges; the last of them. */
export interface Answer {
  exchange: Exchange;
  body: string;
  /** False for a body that the operation does not answer. */
  readable: boolean;
}

/**
 * Follows LastEvaluatedKey to the end and joins the pages into one answer of the same shape; numbers stay as received.
 * Stops at the first page that is not an answer of `list`, and returns that.
 */
export async function allPages(api: Api, payload: string, bodyFor: (payload: string) => string): Promise<Answer> {
  const items: string[] = [];
  const counts = { Count: 0, ScannedCount: 0 };
  let pagePayload = payload;
  for (;;) {
    const exchange = await api.post(bodyFor(pagePayload));
    const page = pageOf(exchange);
    if (page === undefined) return { exchange, body: exchange.body, readable: false };
    for (const item of elementsOf(page.get('Items') ?? '[]')) items.push(item);
    counts.Count += Number(page.get('Count') ?? 0);
    counts.ScannedCount += Number(page.get('ScannedCount') ?? 0);
    const lastKey = page.get('LastEvaluatedKey');
    if (lastKey === undefined || lastKey === 'null') {
      page
        .set('Items', `[${items.join(',')}]`)
        .set('Count', String(counts.Count))
        .set('ScannedCount', String(counts.ScannedCount));
      return { exchange, body: objectText(page), readable: true };
    }
    pagePayload = nextPagePayload(payload, lastKey);
  }
}

function pageOf({ response, body }: Exchange): Map<string, string> | undefined {
  if (response.status !== 200 || !body.startsWith('{') || !isJson(body)) return undefined;
  const members = membersOf(body);
  return members.has('Items') ? members : undefined;
}
