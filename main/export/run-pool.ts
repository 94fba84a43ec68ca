/**
 * Does `work` for every item, in their order, at most `limit` at once; the results are in that order too. After the first
 * failure the others are told by their signal and no more begin; it is thrown when all have ended.
 */
export async function runPool<Item, Result>(
  items: readonly Item[],
  pool: {
    readonly limit: number;
    readonly work: (item: Item, signal: AbortSignal) => Promise<Result>;
  },
  signal: AbortSignal,
): Promise<Result[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const results: Result[] = [];
  const errors: unknown[] = [];
  const queue = items.entries();
  const runner = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (either.aborted) return;
      try {
        results[index] = await pool.work(item, either);
      } catch (error) {
        errors.push(error);
        failed.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(pool.limit, items.length) }, runner));
  if (errors.length > 0) throw errors[0];
  signal.throwIfAborted(); // before every item had its turn
  return results;
}
