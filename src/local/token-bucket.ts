/** Token buckets by name: each is full at first, and fills by `perSecond` up to `burst`. Answers false where a bucket is empty. */
export function createTokenBuckets(
  clock: () => number,
): (name: string, rate: { burst: number; perSecond: number }) => boolean {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (name, { burst, perSecond }) => {
    const now = clock();
    const known = buckets.get(name) ?? { tokens: burst, atMs: now };
    // A clock that was put back takes nothing out.
    const passedMs = Math.max(0, now - known.atMs);
    const tokens = Math.min(burst, known.tokens + (passedMs / 1000) * perSecond);
    const taken = tokens >= 1;
    buckets.set(name, { tokens: taken ? tokens - 1 : tokens, atMs: now });
    return taken;
  };
}
