import { BAR_SAMPLES } from '../../preload/contract/events.ts';
import type {
  GapSnapshot,
  MarkerSnapshot,
  RecordingSessionSnapshot,
  SpeakerSnapshot,
} from '../../preload/contract/snapshot.ts';
import { continueLosses, type Loss } from './losses.ts';

/** Good news stays this long in the status line. */
const NEWS_MS = 10_000;

/** Arrivals this soon after the start belong to it. */
const SETTLING_SAMPLES = 3 * 48_000;

const RECENT_MS = 60_000;

/** What comes before its key waits so long for it; only then is anything lost. */
const KEY_WAIT_MS = 2000;

/** One second of speech: with less, a share says nothing. */
const LEAST_PACKETS = 50;

export type News =
  | { readonly kind: 'joined' | 'left'; readonly names: readonly string[]; readonly atMs: number }
  | { readonly kind: 'moved'; readonly channel: string; readonly atMs: number }
  | { readonly kind: 'back'; readonly missingSeconds: number; readonly atMs: number }
  /** Nothing arrived for a while although the connection stood. */
  | { readonly kind: 'slept' | 'unheard'; readonly missingSeconds: number; readonly atMs: number }
  | { readonly kind: 'resumed'; readonly pausedSeconds: number; readonly atMs: number }
  /** `number` is the marker's. */
  | { readonly kind: 'marked'; readonly number: number; readonly atMs: number };

interface Count {
  readonly atMs: number;
  readonly lost: number;
  readonly undecryptable: number;
  readonly packets: number;
}

/** What can only be told from one snapshot to the next of one recording. */
export interface Story {
  readonly recordingId: string | null;
  /** Where the connection that is lost was lost, as it was first told; null while it is good. */
  readonly outageFromSamples: number | null;
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
  outageFromSamples: null,
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
    outageFromSamples: nextOutage(base.outageFromSamples, after),
    losses: nextLosses(base.losses, known, step),
    counts: nextCounts(base.counts, step),
    undecryptable: nextUndecryptable(base.undecryptable, known, step),
    news: (known === null ? null : newsBetween(known, step)) ?? base.news,
  };
}

/** Kept from the first time on: counted anew from the clock it would waver by a sample or two. */
function nextOutage(
  outageFromSamples: number | null,
  { connection, startedAtMs }: RecordingSessionSnapshot,
): number | null {
  if (connection.kind === 'good') return null;
  return outageFromSamples ?? Math.max(0, Math.round((connection.sinceMs - startedAtMs) * 48));
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
  // Nothing arrives then, or nothing of it is wanted, that could be decrypted.
  if (after.connection.kind !== 'good' || after.pausedAtSamples !== null) return new Map();
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
  { after, samples, nowMs }: Step,
): News | null {
  if (before.connection.kind === 'retrying' && after.connection.kind === 'good') {
    return { kind: 'back', missingSeconds: missingSeconds(before, after), atMs: nowMs };
  }
  const gap = newGap(before, after);
  if (gap?.reason === 'sleep' || gap?.reason === 'network') {
    const kind = gap.reason === 'sleep' ? 'slept' : 'unheard';
    return { kind, missingSeconds: secondsOf(gap, after), atMs: nowMs };
  }
  if (before.channelId !== after.channelId) {
    return { kind: 'moved', channel: after.channelName, atMs: nowMs };
  }
  if (before.pausedAtSamples !== null && after.pausedAtSamples === null) {
    return { kind: 'resumed', pausedSeconds: lastPauseSeconds(after), atMs: nowMs };
  }
  const marker = newMarker(before, after);
  if (marker !== null) return { kind: 'marked', number: marker.number, atMs: nowMs };
  if (samples < SETTLING_SAMPLES) return null;
  const joined = namesOf(after, before);
  if (joined.length > 0) return { kind: 'joined', names: joined, atMs: nowMs };
  const left = namesOf(before, after);
  return left.length > 0 ? { kind: 'left', names: left, atMs: nowMs } : null;
}

/** What the outage that is over has cost: nothing when the connection was only resumed, or during a pause. */
function missingSeconds(before: RecordingSessionSnapshot, after: RecordingSessionSnapshot): number {
  const gap = newGap(before, after);
  return gap === undefined ? 0 : secondsOf(gap, after);
}

/** The newest gap that was not there before, pauses left out. */
function newGap(
  before: RecordingSessionSnapshot,
  after: RecordingSessionSnapshot,
): GapSnapshot | undefined {
  const known = new Set(before.gaps.map(({ fromSamples }) => fromSamples));
  return after.gaps.findLast(
    ({ reason, fromSamples }) => reason !== 'pause' && !known.has(fromSamples),
  );
}

/** What of it was not paused anyway. */
function secondsOf(gap: GapSnapshot, { pausedAtSamples }: RecordingSessionSnapshot): number {
  const toSamples = Math.min(gap.toSamples, pausedAtSamples ?? gap.toSamples);
  return Math.max(0, Math.round((toSamples - gap.fromSamples) / 48_000));
}

function lastPauseSeconds({ gaps }: RecordingSessionSnapshot): number {
  const pause = gaps.findLast(({ reason }) => reason === 'pause');
  return pause === undefined ? 0 : Math.round((pause.toSamples - pause.fromSamples) / 48_000);
}

/** The newest marker, if it was not there before; null otherwise. */
export function newMarker(
  before: RecordingSessionSnapshot,
  after: RecordingSessionSnapshot,
): MarkerSnapshot | null {
  const newest = after.markers.at(-1);
  if (newest === undefined) return null;
  return newest.number > (before.markers.at(-1)?.number ?? -1) ? newest : null;
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
