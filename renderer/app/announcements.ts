import type {
  EncryptionSnapshot,
  PrivacyCodeSnapshot,
  RecordingSessionSnapshot,
  Snapshot,
} from '../../preload/contract/snapshot.ts';
import type { Connection } from '../bridge/connection.ts';
import { newMarker, speakerKey, type Story } from '../bridge/story.ts';
import { changedCode, isCodeFresh } from '../deck/encryption.ts';
import { undecryptableSentence } from '../deck/status.ts';
import type { Announcer } from '../ui/announcer.tsx';
import { duration, listOf, spokenClock } from '../ui/figures.ts';
import { problemText, text } from '../ui/text.tsx';

/** Arrivals this soon after the start are counted with it. */
const SETTLING_SAMPLES = 3 * 48_000;

/** Tells screen readers what happens to the recording; the result ends that. */
export function announceSession(connection: Connection, announcer: Announcer): () => void {
  const { snapshots, levels } = connection;
  let before = snapshots.get();
  let storyBefore = connection.story();
  return snapshots.subscribe(() => {
    const after = snapshots.get();
    const story = connection.story();
    if (after !== null && before !== null) {
      tell(announcer, { before, after, samples: levels.samples, storyBefore, story });
    }
    before = after;
    storyBefore = story;
  });
}

interface Change {
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly samples: number;
  readonly storyBefore: Story;
  readonly story: Story;
}

function tell(announcer: Announcer, { before, after, samples, storyBefore, story }: Change): void {
  const [was, is] = [before.session, after.session];
  if (is.kind === 'recording' && was.kind !== 'recording' && was.kind !== 'stopping') {
    const told = is.notice.chosenNone ? 'no' : 'yes';
    const values = { channel: is.channelName, count: is.peopleCount, told };
    const deaf = is.deafened ? [text('say.deafened')] : [];
    announcer.polite([text('say.joined', values), ...deaf].join(' '));
  } else if (is.kind === 'recording' && was.kind === 'recording') {
    tellRecording(announcer, { was, is, samples, storyBefore, story });
  } else if (is.kind === 'idle' && was.kind !== 'idle') {
    if (is.problem !== null) announcer.alert(problemText(is.problem));
    else if (was.kind !== 'joining')
      announcer.polite(text('say.stopped', { time: spokenClock(samples) }));
  }
}

interface RecordingChange {
  readonly was: RecordingSessionSnapshot;
  readonly is: RecordingSessionSnapshot;
  readonly samples: number;
  readonly storyBefore: Story;
  readonly story: Story;
}

function tellRecording(announcer: Announcer, change: RecordingChange): void {
  const { was, is, samples } = change;
  if (is.connection.kind === 'retrying' && was.connection.kind === 'good') {
    announcer.alert(text('say.lost'));
  }
  // One message: of several at once only the newest would be said, and who comes is why a code changes.
  const news = [
    ...(is.connection.kind === 'good' && was.connection.kind === 'retrying' ? [back(change)] : []),
    ...(samples < SETTLING_SAMPLES ? [] : comingAndGoing(was, is)),
    ...missed(change),
    ...newCode(was, is),
    ...hearing(was, is),
    ...pauseAndMarker(was, is),
    ...newTrouble(change),
  ];
  if (news.length > 0) announcer.polite(news.join(' '));
}

function back({ story: { news } }: RecordingChange): string {
  const seconds = news?.kind === 'back' ? news.missingSeconds : 0;
  return seconds > 0 ? text('say.back', { missing: duration(seconds) }) : text('say.back.nothing');
}

/** A stretch in which nothing came though the connection stood; told when it is over. */
function missed({ storyBefore, story: { news } }: RecordingChange): readonly string[] {
  if (news === storyBefore.news || (news?.kind !== 'slept' && news?.kind !== 'unheard')) return [];
  return [text(`say.${news.kind}`, { missing: duration(news.missingSeconds) })];
}

function hearing(was: RecordingSessionSnapshot, is: RecordingSessionSnapshot): readonly string[] {
  if (was.deafened === is.deafened) return [];
  return [text(is.deafened ? 'say.deafened' : 'say.undeafened')];
}

/** Told when the first person cannot be decrypted, and not again until everyone can. */
function newTrouble({ was, is, storyBefore, story }: RecordingChange): readonly string[] {
  const sentence = undecryptableSentence(is, story);
  return sentence === null || undecryptableSentence(was, storyBefore) !== null ? [] : [sentence];
}

function comingAndGoing(
  was: RecordingSessionSnapshot,
  is: RecordingSessionSnapshot,
): readonly string[] {
  const came = newNames(was, is);
  const went = newNames(is, was);
  const count = is.peopleCount;
  const sentences: string[] = [];
  if (came.length > 0) sentences.push(text('say.came', { names: listOf(came), count }));
  if (went.length > 0) sentences.push(text('say.went', { names: listOf(went), count }));
  return sentences;
}

function pauseAndMarker(
  was: RecordingSessionSnapshot,
  is: RecordingSessionSnapshot,
): readonly string[] {
  const wasPaused = was.pausedAtSamples !== null;
  const isPaused = is.pausedAtSamples !== null;
  const marker = newMarker(was, is);
  return [
    ...(wasPaused === isPaused ? [] : [text(isPaused ? 'say.paused' : 'say.resumed')]),
    ...(marker === null ? [] : [text('say.marked', { time: spokenClock(marker.samples) })]),
  ];
}

/** A change is told once: not again while the one before is still news. */
function newCode(was: RecordingSessionSnapshot, is: RecordingSessionSnapshot): readonly string[] {
  const changed = changedCode(is.encryption);
  if (changed === null || changed.sinceMs === lastCode(was.encryption)?.sinceMs) return [];
  return isCodeFresh(was.encryption, changed.sinceMs) ? [] : [text('status.code-changed')];
}

function lastCode(encryption: EncryptionSnapshot): PrivacyCodeSnapshot | undefined {
  return 'codes' in encryption ? encryption.codes.at(-1) : undefined;
}

function newNames(was: RecordingSessionSnapshot, is: RecordingSessionSnapshot): readonly string[] {
  const present = new Set(was.speakers.filter((one) => one.present).map(speakerKey));
  return is.speakers
    .filter((one) => one.present && one.userId !== null && !present.has(speakerKey(one)))
    .map(({ name }) => name);
}
