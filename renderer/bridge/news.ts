import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import type { NewsSnapshot } from '../../preload/contract/snapshot.ts';

/** How long news is shown: in the status line, and a changed privacy code on its badge. */
const NEWS_MS = 10_000;

/** News within 50 ms is shown together: main waits as long before it sends a change. */
const AT_ONCE_MS = 50;

/** News that the status line shows, most important first: of news at the same time it shows the first kind. */
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

/** Whether something that happened at `atMs` is still shown as news. */
export function isFresh(atMs: number, nowMs: number): boolean {
  return nowMs - atMs < NEWS_MS;
}

/** The news that the status line shows: the newest, or several of one kind that happened at the same time. */
export function latestNews(news: readonly NewsSnapshot[]): readonly ToldNews[] {
  const told = news.filter(isTold);
  const newest = told.at(-1);
  if (newest === undefined) return [];
  const atOnce = told.filter(({ atMs }) => newest.atMs - atMs < AT_ONCE_MS);
  const kind = TOLD.find((one) => atOnce.some((item) => item.kind === one));
  return atOnce.filter((item) => item.kind === kind);
}

/** The length in whole seconds, rounded, as sentences have it. */
export function secondsOf(samples: number): number {
  return Math.round(samples / SAMPLE_RATE_HZ);
}

function isTold(news: NewsSnapshot): news is ToldNews {
  return TOLD.some((kind) => kind === news.kind);
}
