import type { MessageKey } from '../../preload/contract/messages/catalogue.ts';
import { SAMPLES_PER_MS } from '../../preload/contract/sample-rate.ts';
import type {
  MarkerSnapshot,
  RecordingSessionSnapshot,
  Snapshot,
} from '../../preload/contract/snapshot.ts';
import { isFresh, latestNews, secondsOf, type ToldNews } from '../bridge/news.ts';
import { undecryptablePeople } from '../bridge/speakers.ts';
import { clock, duration, listOf, percentWithTenths, secondsOfPackets } from '../ui/figures.ts';
import { isolated } from '../ui/person.ts';
import { problemText, text } from '../ui/text.tsx';
import { isCodeFresh } from './encryption.ts';

/** An outage of this length is a long one: attempts are a minute apart. */
const LONG_OUTAGE_SECONDS = 5 * 60;

/** Share of a speaker's packets lost in the last minute that makes it trouble. */
const LOSSY = 0.01;

export interface StatusSentence {
  readonly tone: 'fine' | 'news' | 'trouble' | 'final';
  readonly about:
    'sound' | 'people' | 'connection' | 'disk' | 'encryption' | 'loss' | 'end' | 'pause' | 'marker';
  readonly sentence: string;
  /** Number of the marker that it is about and that could take a note. */
  readonly noteFor?: number;
}

interface Moment {
  readonly samples: number;
  readonly nowMs: number;
}

/** The status line's sentences, worst first; never empty while recording, or after a recording that ended by itself. */
export function statusOf(snapshot: Snapshot, moment: Moment): readonly StatusSentence[] {
  const { session } = snapshot;
  switch (session.kind) {
    case 'idle':
      return session.problem === null ? [] : [ended(session.problem, session.ended)];
    case 'joining': {
      const joining = text('deck.joining', { channel: session.channelName });
      const { waitSeconds } = snapshot;
      const wait = waitSeconds === null ? [] : [text('app.wait', { seconds: waitSeconds })];
      return [{ tone: 'news', about: 'sound', sentence: [joining, ...wait].join(' ') }];
    }
    case 'stopping': {
      const sentence = text('status.closing', { time: clock(moment.samples) });
      return [{ tone: 'news', about: 'sound', sentence }];
    }
    case 'recording': {
      const troubles = troublesOf(snapshot, session, moment.nowMs);
      const paused = pausedSentence(session);
      if (troubles.length > 0) return paused === null ? troubles : [...troubles, paused];
      const news = newsOf(session, moment.nowMs);
      // During a pause the newest marker is shown as well for 10 s, as it can take a note.
      if (paused !== null && news?.about !== 'marker') return [paused];
      return [news ?? fine(session)];
    }
  }
}

type IdleSession = Extract<Snapshot['session'], { kind: 'idle' }>;

function ended(
  problem: NonNullable<IdleSession['problem']>,
  recording: IdleSession['ended'],
): StatusSentence {
  const sentence = problemText(problem);
  if (recording === null) return { tone: 'final', about: 'end', sentence };
  const time = clock(recording.samples);
  const key: MessageKey =
    problem.code === 'disk-full' || problem.code === 'disk-error'
      ? `ended.${problem.code}`
      : 'ended.other';
  return { tone: 'final', about: 'end', sentence: text(key, { time, sentence }) };
}

function troublesOf(
  { disk }: Snapshot,
  session: RecordingSessionSnapshot,
  nowMs: number,
): readonly StatusSentence[] {
  const troubles: StatusSentence[] = [];
  if (session.connection.kind === 'retrying') {
    const { sinceMs, attempt } = session.connection;
    const seconds = Math.max(0, Math.round((nowMs - sinceMs) / 1000));
    const safe = Math.max(0, (sinceMs - session.startedAtMs) * SAMPLES_PER_MS);
    const key = seconds >= LONG_OUTAGE_SECONDS ? 'status.lost.long' : 'status.lost';
    const values = { ago: duration(seconds), attempt: Math.max(1, attempt), time: clock(safe) };
    troubles.push({ tone: 'trouble', about: 'connection', sentence: text(key, values) });
  }
  if (session.deafened) {
    troubles.push({ tone: 'trouble', about: 'sound', sentence: text('status.deafened') });
  }
  const undecryptable = undecryptableSentence(session);
  if (undecryptable !== null) {
    troubles.push({ tone: 'trouble', about: 'encryption', sentence: undecryptable });
  }
  if (disk?.low === true) {
    const sentence = text('status.disk-low', { left: duration(disk.secondsLeft) });
    troubles.push({ tone: 'trouble', about: 'disk', sentence });
  }
  for (const speaker of session.speakers) {
    const share = speaker.recentLoss.onTheWay;
    if (!speaker.present || share < LOSSY) continue;
    const values = { name: speaker.name, percent: percentWithTenths(share) };
    troubles.push({ tone: 'trouble', about: 'loss', sentence: text('status.lossy', values) });
  }
  return troubles;
}

/** One sentence about all speakers who cannot be decrypted at present; null when there is none. */
export function undecryptableSentence(session: RecordingSessionSnapshot): string | null {
  const people = undecryptablePeople(session);
  const [first] = people;
  if (first === undefined) return null;
  return people.length === 1
    ? text('status.undecryptable', { name: isolated(first.name) })
    : text('status.undecryptable.many', { count: people.length });
}

function pausedSentence({ pausedAtSamples }: RecordingSessionSnapshot): StatusSentence | null {
  if (pausedAtSamples === null) return null;
  const sentence = text('status.paused', { time: clock(pausedAtSamples) });
  return { tone: 'news', about: 'pause', sentence };
}

function newsOf(session: RecordingSessionSnapshot, nowMs: number): StatusSentence | null {
  const latest = latestNews(session.news);
  const newest = latest.at(-1);
  const fresh =
    newest !== undefined && isFresh(newest.atMs, nowMs)
      ? newsSentence(newest, session, namesIn(latest))
      : null;
  if (!isCodeFresh(session.encryption, nowMs)) return fresh;
  if (fresh === null) {
    return { tone: 'news', about: 'encryption', sentence: text('status.code-changed') };
  }
  // People who join or leave are why the code changed; other news takes the place of the change.
  if (fresh.about !== 'people') return fresh;
  return { ...fresh, sentence: text('status.people-and-code', { people: fresh.sentence }) };
}

function namesIn(news: readonly ToldNews[]): readonly string[] {
  return news.flatMap((one) => ('name' in one ? [one.name] : []));
}

/** The sentence of a piece of news; `names` are the people of all news shown with it. */
function newsSentence(
  news: ToldNews,
  session: RecordingSessionSnapshot,
  names: readonly string[],
): StatusSentence | null {
  switch (news.kind) {
    case 'joined':
    case 'left': {
      const sentence = text(`status.${news.kind}`, { names: listOf(names) });
      return { tone: 'news', about: 'people', sentence };
    }
    case 'moved': {
      const sentence = text('status.moved', { channel: news.channelName });
      return { tone: 'news', about: 'sound', sentence };
    }
    case 'back': {
      const seconds = secondsOf(news.missingSamples);
      const sentence =
        seconds > 0
          ? text('status.back', { missing: duration(seconds) })
          : text('status.back.nothing');
      return { tone: 'news', about: 'sound', sentence };
    }
    case 'slept':
    case 'unheard': {
      const missing = duration(secondsOf(news.missingSamples));
      return { tone: 'news', about: 'sound', sentence: text(`status.${news.kind}`, { missing }) };
    }
    case 'resumed': {
      const sentence = text('status.resumed', { paused: duration(secondsOf(news.pausedSamples)) });
      return { tone: 'news', about: 'sound', sentence };
    }
    case 'marked':
      return markedSentence(session.markers.find(({ number }) => number === news.marker));
  }
}

function markedSentence(marker: MarkerSnapshot | undefined): StatusSentence | null {
  if (marker === undefined) return null;
  const { number, note } = marker;
  const time = clock(marker.samples);
  const news = { tone: 'news', about: 'marker' } as const;
  return note === ''
    ? { ...news, sentence: text('status.marked', { time }), noteFor: number }
    : { ...news, sentence: text('status.marked.note', { time, note: isolated(note) }) };
}

function fine({ speakers, peopleCount }: RecordingSessionSnapshot): StatusSentence {
  const heard = speakers.some(({ track }) => track !== null);
  const key = heard ? 'status.fine' : peopleCount === 0 ? 'deck.nobody' : 'deck.quiet';
  return { tone: 'fine', about: 'sound', sentence: text(key) };
}

/** The losses so far, as shown at the status line's right end. */
export function lossSummary({ speakers }: RecordingSessionSnapshot): string {
  const lossy = speakers.filter(({ lostPackets }) => lostPackets > 0);
  const [first] = lossy;
  if (first === undefined) return text('status.nothing-lost');
  const packets = lossy.reduce((sum, { lostPackets }) => sum + lostPackets, 0);
  const seconds = secondsOfPackets(packets);
  return lossy.length === 1
    ? text('status.lost-of', { seconds, name: first.name })
    : text('status.lost-of-many', { seconds, count: lossy.length });
}
