import type { RecordingSessionSnapshot, SpeakerSnapshot } from '../../preload/contract/snapshot.ts';
import { continueLosses, type Loss } from './losses.ts';
import { BAR_SAMPLES } from './track-levels.ts';

/** Good news stays this long in the status line. */
const NEWS_MS = 10_000;

/** Arrivals this soon after the start belong to it. */
const SETTLING_SAMPLES = 3 * 48_000;

const RECENT_MS = 60_000;

/** What comes before its key waits so long for it; only then is anything lost. */
const KEY_WAIT_MS = 2000;

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
  readonly undecryptable: number;
  readonly packets: number;
}

/** What can only be told from one snapshot to the next of one recording. */
export interface Story {
  readonly recordingId: string | null;
  readonly gaps: readonly Gap[];
  /** Where losses were first seen, oldest first, by `speakerKey`. */
  readonly losses: ReadonlyMap<string, readonly Loss[]>;
  /** Counts of the last minute, oldest first, by `speakerKey`. */
  readonly counts: ReadonlyMap<string, readonly Count[]>;
  /** Since when nothing of theirs can be decrypted, by `speakerKey`, and how long that is at this snapshot. */
  readonly undecryptable: ReadonlyMap<string, { readonly sinceMs: number; readonly forMs: number }>;
  readonly news: News | null;
}

export const EMPTY_STORY: Story = {
  recordingId: null,
  gaps: [],
  losses: new Map(),
  counts: new Map(),
  undecryptable: new Map(),
  news: null,
};

/** The same person through the whole recording, also before their track or name is known. */
export function speakerKey(speaker: SpeakerSnapshot): string {
  return speaker.userId ?? speaker.track ?? speaker.name;
}

/** Shares of this speaker's packets that were lost in the last minute, 0 to 1: all, and those the network lost. */
export function recentLoss(
  story: Story,
  speaker: SpeakerSnapshot,
): { readonly all: number; readonly onTheWay: number } {
  const counts = story.counts.get(speakerKey(speaker));
  const first = counts?.[0];
  const last = counts?.at(-1);
  if (first === undefined || last === undefined) return { all: 0, onTheWay: 0 };
  const lost = last.lost - first.lost;
  const undecryptable = last.undecryptable - first.undecryptable;
  const sent = lost + last.packets - first.packets;
  if (sent < LEAST_PACKETS) return { all: 0, onTheWay: 0 };
  return { all: lost / sent, onTheWay: (lost - undecryptable) / sent };
}

/** Whether this speaker is there and cannot be decrypted, for longer than a change of keys takes. */
export function isUndecryptable(story: Story, speaker: SpeakerSnapshot): boolean {
  const { forMs } = story.undecryptable.get(speakerKey(speaker)) ?? { forMs: 0 };
  return speaker.present && speaker.cannotDecrypt && forMs >= KEY_WAIT_MS;
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
    losses: nextLosses(base.losses, known, step),
    counts: nextCounts(base.counts, step),
    undecryptable: nextUndecryptable(base.undecryptable, known, step),
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

function nextLosses(
  losses: Story['losses'],
  before: RecordingSessionSnapshot | null,
  { after, samples }: Step,
): Story['losses'] {
  if (before === null) return losses;
  const bar = Math.floor(samples / BAR_SAMPLES);
  const speakersBefore = new Map(before.speakers.map((one) => [speakerKey(one), one]));
  const changed = after.speakers.flatMap((is): [string, readonly Loss[]][] => {
    const key = speakerKey(is);
    const known = losses.get(key) ?? [];
    const next = continueLosses(known, { was: speakersBefore.get(key), is }, bar);
    return next === known ? [] : [[key, next]];
  });
  return changed.length === 0 ? losses : new Map([...losses, ...changed]);
}

function nextCounts(counts: Story['counts'], { after, nowMs }: Step): Story['counts'] {
  return new Map(
    after.speakers.map((speaker) => {
      const key = speakerKey(speaker);
      const recent = (counts.get(key) ?? []).filter(({ atMs }) => nowMs - atMs <= RECENT_MS);
      const { lostPackets: lost, undecryptablePackets: undecryptable, packets } = speaker;
      const count = { atMs: nowMs, lost, undecryptable, packets };
      return [key, [...recent, count]] as const;
    }),
  );
}

/** Who cannot be decrypted in the first snapshot counts as one who could not be for long enough. */
function nextUndecryptable(
  before: Story['undecryptable'],
  known: RecordingSessionSnapshot | null,
  { after, nowMs }: Step,
): Story['undecryptable'] {
  if (after.connection.kind !== 'good') return new Map(); // nothing arrives that could be decrypted
  return new Map(
    after.speakers
      .filter(({ cannotDecrypt }) => cannotDecrypt)
      .map((speaker) => {
        const key = speakerKey(speaker);
        const first = known === null ? nowMs - KEY_WAIT_MS : nowMs;
        const sinceMs = before.get(key)?.sinceMs ?? first;
        return [key, { sinceMs, forMs: nowMs - sinceMs }] as const;
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
