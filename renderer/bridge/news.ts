import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import type { NewsSnapshot } from '../../preload/contract/snapshot.ts';

/** Good news stays this long: in the status line, and a changed privacy code on its badge. */
const NEWS_MS = 10_000;

/** What happens within 50 ms happens at once: so long the border waits before it tells of a change. */
const AT_ONCE_MS = 50;

/** What the status line tells; of what happens at once, the first of these that is among it. */
const TOLD = [
  'back',
  'slept',
  'unheard',
  'moved',
  'resumed',
  'marked',
  'joined',
  'left',
] as const satisfies readonly NewsSnapshot['kind'][];

export type ToldNews = Extract<NewsSnapshot, { readonly kind: (typeof TOLD)[number] }>;

/** Whether what happened then is still news. */
export function isFresh(atMs: number, nowMs: number): boolean {
  return nowMs - atMs < NEWS_MS;
}

/** What the status line tells of what happened last: one piece of news, or several of one kind that happened at once. */
export function latestNews(news: readonly NewsSnapshot[]): readonly ToldNews[] {
  const told = news.filter(isTold);
  const newest = told.at(-1);
  if (newest === undefined) return [];
  const atOnce = told.filter(({ atMs }) => newest.atMs - atMs < AT_ONCE_MS);
  const kind = TOLD.find((one) => atOnce.some((item) => item.kind === one));
  return atOnce.filter((item) => item.kind === kind);
}

/** Whole seconds that a stretch is told as. */
export function secondsOf(samples: number): number {
  return Math.round(samples / SAMPLE_RATE_HZ);
}

function isTold(news: NewsSnapshot): news is ToldNews {
  return TOLD.some((kind) => kind === news.kind);
}
