import type { RecordingSessionSnapshot, SpeakerSnapshot } from '../../preload/contract/snapshot.ts';
import { BAR_SAMPLES } from './track-levels.ts';

/** Good news stays this long in the status line. */
const NEWS_MS = 10_000;

/** Arrivals this soon after the start belong to it. */
const SETTLING_SAMPLES = 3 * 48_000;

const RECENT_MS = 60_000;

/** One second of speech: with less, a share says nothing. */
const LEAST_PACKETS = 50;

/** A stretch in which nothing could arrive; `toSamples` is null while it lasts. */
export interface Gap {
  readonly fromSamples: number;
  readonly toSamples: number | null;
}

export type News =
  | { readonly kind: 'joined' | 'left'; readonly names: readonly string[]; readonly atMs: number }
  | { readonly kind: 'moved'; readonly channel: string; readonly atMs: number }
  | { readonly kind: 'back'; readonly missingSeconds: number; readonly atMs: number };

interface Count {
  readonly atMs: number;
  readonly lost: number;
  readonly packets: number;
}

/** What can only be told from one snapshot to the next of one recording. */
export interface Story {
  readonly recordingId: string | null;
  readonly gaps: readonly Gap[];
  /** Bars in which losses were first seen, by `speakerKey`. */
  readonly lossBars: ReadonlyMap<string, readonly number[]>;
  /** Counts of the last minute, oldest first, by `speakerKey`. */
  readonly counts: ReadonlyMap<string, readonly Count[]>;
  readonly news: News | null;
}

export const EMPTY_STORY: Story = {
  recordingId: null,
  gaps: [],
  lossBars: new Map(),
  counts: new Map(),
  news: null,
};

/** The same person through the whole recording, also before their track or name is known. */
export function speakerKey(speaker: SpeakerSnapshot): string {
  return speaker.userId ?? speaker.track ?? speaker.name;
}

/** Share of this speaker's packets that was lost in the last minute, 0 to 1. */
export function recentLoss(story: Story, speaker: SpeakerSnapshot): number {
  const counts = story.counts.get(speakerKey(speaker));
  const first = counts?.[0];
  const last = counts?.at(-1);
  if (first === undefined || last === undefined) return 0;
  const lost = last.lost - first.lost;
  const all = lost + last.packets - first.packets;
  return all < LEAST_PACKETS ? 0 : lost / all;
}

/** Whether a piece of news is still young enough to be shown. */
export function isFresh(news: News, nowMs: number): boolean {
  return nowMs - news.atMs < NEWS_MS;
}

interface Step {
  readonly before: RecordingSessionSnapshot | null;
  readonly after: RecordingSessionSnapshot;
  /** Length of the recording at this moment. */
  readonly samples: number;
  readonly nowMs: number;
}

/** The story after one more snapshot of a recording. */
export function continueStory(story: Story, step: Step): Story {
  const { before, after } = step;
  const same = story.recordingId === after.recordingId;
  const base = same ? story : { ...EMPTY_STORY, recordingId: after.recordingId };
  const known = same ? before : null;
  return {
    ...base,
    gaps: nextGaps(base.gaps, step),
    lossBars: nextLossBars(base.lossBars, known, step),
    counts: nextCounts(base.counts, step),
    news: (known === null ? null : newsBetween(known, base.gaps, step)) ?? base.news,
  };
}

function nextGaps(gaps: readonly Gap[], { after, samples }: Step): readonly Gap[] {
  const open = gaps.at(-1);
  const isOpen = open?.toSamples === null;
  if (after.connection.kind === 'good') {
    return isOpen ? [...gaps.slice(0, -1), { ...open, toSamples: samples }] : gaps;
  }
  if (isOpen) return gaps;
  const fromSamples = Math.round((after.connection.sinceMs - after.startedAtMs) * 48);
  return [...gaps, { fromSamples: Math.max(0, fromSamples), toSamples: null }];
}

function nextLossBars(
  bars: Story['lossBars'],
  before: RecordingSessionSnapshot | null,
  { after, samples }: Step,
): Story['lossBars'] {
  if (before === null) return bars;
  const lostBefore = new Map(before.speakers.map((one) => [speakerKey(one), one.lostPackets]));
  const lossy = after.speakers.filter(
    (one) => one.lostPackets > (lostBefore.get(speakerKey(one)) ?? 0),
  );
  if (lossy.length === 0) return bars;
  const bar = Math.floor(samples / BAR_SAMPLES);
  const next = new Map(bars);
  for (const speaker of lossy) {
    const key = speakerKey(speaker);
    next.set(key, [...(next.get(key) ?? []), bar]);
  }
  return next;
}

function nextCounts(counts: Story['counts'], { after, nowMs }: Step): Story['counts'] {
  return new Map(
    after.speakers.map((speaker) => {
      const key = speakerKey(speaker);
      const recent = (counts.get(key) ?? []).filter(({ atMs }) => nowMs - atMs <= RECENT_MS);
      const count = { atMs: nowMs, lost: speaker.lostPackets, packets: speaker.packets };
      return [key, [...recent, count]] as const;
    }),
  );
}

function newsBetween(
  before: RecordingSessionSnapshot,
  gaps: readonly Gap[],
  { after, samples, nowMs }: Step,
): News | null {
  if (before.connection.kind === 'retrying' && after.connection.kind === 'good') {
    const missing = samples - (gaps.at(-1)?.fromSamples ?? samples);
    return { kind: 'back', missingSeconds: Math.round(missing / 48_000), atMs: nowMs };
  }
  if (before.channelId !== after.channelId) {
    return { kind: 'moved', channel: after.channelName, atMs: nowMs };
  }
  if (samples < SETTLING_SAMPLES) return null;
  const joined = namesOf(after, before);
  if (joined.length > 0) return { kind: 'joined', names: joined, atMs: nowMs };
  const left = namesOf(before, after);
  return left.length > 0 ? { kind: 'left', names: left, atMs: nowMs } : null;
}

/** Names of those present in the one and not in the other. */
function namesOf(
  here: RecordingSessionSnapshot,
  there: RecordingSessionSnapshot,
): readonly string[] {
  const present = new Set(there.speakers.filter((one) => one.present).map(speakerKey));
  return here.speakers
    .filter((one) => one.present && one.userId !== null && !present.has(speakerKey(one)))
    .map(({ name }) => name);
}
