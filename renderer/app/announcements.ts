import type {
  NewsSnapshot,
  RecordingSessionSnapshot,
  Snapshot,
} from '../../preload/contract/snapshot.ts';
import type { Connection } from '../bridge/connection.ts';
import { isFresh, secondsOf } from '../bridge/news.ts';
import { undecryptableSentence } from '../deck/status.ts';
import type { Announcer } from '../ui/announcer.tsx';
import { duration, listOf, spokenClock } from '../ui/figures.ts';
import { problemText, text } from '../ui/text.tsx';

/** Announces to screen readers what happens to the recording from now on; the answer stops that. */
export function announceSession(connection: Connection, announcer: Announcer): () => void {
  const { snapshots } = connection;
  let told = toldBy(snapshots.get());
  return snapshots.subscribe(() => {
    const snapshot = snapshots.get();
    if (snapshot !== null && told !== null) tell(announcer, snapshot, told);
    told = toldBy(snapshot);
  });
}

/** The newest state and news that were announced. */
interface Told {
  readonly kind: Snapshot['session']['kind'];
  readonly recordingId: string | null;
  /** Number of the first news of that recording that has not been told. */
  readonly nextNews: number;
}

function toldBy(snapshot: Snapshot | null): Told | null {
  if (snapshot === null) return null;
  const { session } = snapshot;
  if (session.kind === 'idle' || session.kind === 'joining') {
    return { kind: session.kind, recordingId: null, nextNews: 0 };
  }
  const { kind, recordingId, news } = session;
  return { kind, recordingId, nextNews: (news.at(-1)?.number ?? -1) + 1 };
}

function tell(announcer: Announcer, { session }: Snapshot, told: Told): void {
  switch (session.kind) {
    case 'idle':
      if (told.kind === 'idle') return;
      if (session.problem !== null) announcer.alert(problemText(session.problem));
      else if (session.ended !== null)
        announcer.polite(text('say.stopped', { time: spokenClock(session.ended.samples) }));
      return;
    case 'recording':
      if (told.recordingId !== session.recordingId) announcer.polite(beginning(session));
      else tellNews(announcer, session, told);
      return;
    case 'joining':
    case 'stopping':
      return;
  }
}

function beginning({
  notice,
  channelName,
  peopleCount,
  deafened,
}: RecordingSessionSnapshot): string {
  const told = notice.chosenNone ? 'no' : 'yes';
  const joined = text('say.joined', { channel: channelName, count: peopleCount, told });
  return deafened ? `${joined} ${text('say.deafened')}` : joined;
}

/** News that was not announced yet, with its recording. */
interface Untold {
  readonly session: RecordingSessionSnapshot;
  readonly fresh: readonly NewsSnapshot[];
}

function tellNews(announcer: Announcer, session: RecordingSessionSnapshot, told: Told): void {
  const fresh = session.news.filter(({ number }) => number >= told.nextNews);
  if (fresh.some(({ kind }) => kind === 'lost')) announcer.alert(text('say.lost'));
  const untold = { session, fresh };
  // One message, as of several polite ones only the newest is announced, and a person who joins or leaves is why a code
  // changes.
  const sentences = [
    ...back(untold),
    ...comingAndGoing(untold),
    ...missed(untold),
    ...newCode(untold),
    ...hearing(untold),
    ...pauseAndMarker(untold),
    ...newTrouble(untold),
  ];
  if (sentences.length > 0) announcer.polite(sentences.join(' '));
}

/** The newest of these kinds; undefined when there is none. */
function newest<Kind extends NewsSnapshot['kind']>(
  news: readonly NewsSnapshot[],
  ...kinds: readonly Kind[]
): Extract<NewsSnapshot, { readonly kind: Kind }> | undefined {
  const isOne = (one: NewsSnapshot): one is Extract<NewsSnapshot, { readonly kind: Kind }> =>
    kinds.some((kind) => kind === one.kind);
  return news.findLast(isOne);
}

function back({ fresh }: Untold): readonly string[] {
  const news = newest(fresh, 'back');
  if (news === undefined) return [];
  const seconds = secondsOf(news.missingSamples);
  const missing = duration(seconds);
  return [seconds > 0 ? text('say.back', { missing }) : text('say.back.nothing')];
}

/** A gap while connected, by sleep or by the network; announced when it is over. */
function missed({ fresh }: Untold): readonly string[] {
  const news = newest(fresh, 'slept', 'unheard');
  if (news === undefined) return [];
  return [text(`say.${news.kind}`, { missing: duration(secondsOf(news.missingSamples)) })];
}

function hearing({ fresh }: Untold): readonly string[] {
  const news = newest(fresh, 'deafened', 'undeafened');
  return news === undefined ? [] : [text(`say.${news.kind}`)];
}

/** Announced when the first person cannot be decrypted, and not again until everyone can. */
function newTrouble({ session, fresh }: Untold): readonly string[] {
  if (newest(fresh, 'undecryptable') === undefined) return [];
  const sentence = undecryptableSentence(session);
  return sentence === null ? [] : [sentence];
}

function comingAndGoing({ session: { peopleCount: count }, fresh }: Untold): readonly string[] {
  const namesOf = (kind: 'joined' | 'left') =>
    fresh.flatMap((one) => (one.kind === kind ? [one.name] : []));
  const [came, went] = [namesOf('joined'), namesOf('left')];
  return [
    ...(came.length > 0 ? [text('say.came', { names: listOf(came), count })] : []),
    ...(went.length > 0 ? [text('say.went', { names: listOf(went), count })] : []),
  ];
}

function pauseAndMarker({ session: { markers }, fresh }: Untold): readonly string[] {
  const pause = newest(fresh, 'paused', 'resumed');
  const marked = newest(fresh, 'marked');
  const marker = markers.find(({ number }) => number === marked?.marker);
  return [
    ...(pause === undefined ? [] : [text(`say.${pause.kind}`)]),
    ...(marker === undefined ? [] : [text('say.marked', { time: spokenClock(marker.samples) })]),
  ];
}

/** A changed code is announced, but not within 10 s of the last announcement. */
function newCode({ session, fresh }: Untold): readonly string[] {
  const changed = newest(fresh, 'code-changed');
  if (changed === undefined) return [];
  const before = newest(
    session.news.filter((one) => !fresh.includes(one)),
    'code-changed',
  );
  const isNews = before === undefined || !isFresh(before.atMs, changed.atMs);
  return isNews ? [text('status.code-changed')] : [];
}
