import type { RecordingSessionSnapshot, Snapshot } from '../../preload/contract/snapshot.ts';
import { speakerKey } from '../bridge/story.ts';
import type { Connection } from '../bridge/connection.ts';
import { clock, duration, listOf } from '../ui/figures.ts';
import type { Announcer } from '../ui/announcer.tsx';
import { problemText, text } from '../ui/text.tsx';

/** Arrivals this soon after the start are counted with it. */
const SETTLING_SAMPLES = 3 * 48_000;

/** Tells screen readers what happens to the recording; the result ends that. */
export function announceSession(connection: Connection, announcer: Announcer): () => void {
  const { snapshots, levels } = connection;
  let before = snapshots.get();
  return snapshots.subscribe(() => {
    const after = snapshots.get();
    if (after !== null && before !== null) {
      tell(announcer, { before, after, samples: levels.samples, connection });
    }
    before = after;
  });
}

interface Change {
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly samples: number;
  readonly connection: Connection;
}

function tell(announcer: Announcer, { before, after, samples, connection }: Change): void {
  const [was, is] = [before.session, after.session];
  if (is.kind === 'recording' && was.kind !== 'recording' && was.kind !== 'stopping') {
    const told = is.notice.chosenNone ? 'no' : 'yes';
    const values = { channel: is.channelName, count: is.peopleCount, told };
    announcer.polite(text('say.joined', values));
  } else if (is.kind === 'recording' && was.kind === 'recording') {
    tellRecording(announcer, { was, is, samples, connection });
  } else if (is.kind === 'idle' && was.kind !== 'idle') {
    if (is.problem !== null) announcer.alert(problemText(is.problem));
    else if (was.kind !== 'joining')
      announcer.polite(text('say.stopped', { time: clock(samples) }));
  }
}

interface RecordingChange {
  readonly was: RecordingSessionSnapshot;
  readonly is: RecordingSessionSnapshot;
  readonly samples: number;
  readonly connection: Connection;
}

function tellRecording(announcer: Announcer, change: RecordingChange): void {
  const { was, is, samples, connection } = change;
  if (is.connection.kind === 'retrying' && was.connection.kind === 'good') {
    announcer.alert(text('say.lost'));
  } else if (is.connection.kind === 'good' && was.connection.kind === 'retrying') {
    const { news } = connection.story();
    const seconds = news?.kind === 'back' ? news.missingSeconds : 0;
    announcer.polite(
      seconds > 0 ? text('say.back', { missing: duration(seconds) }) : text('say.back.nothing'),
    );
  }
  if (samples < SETTLING_SAMPLES) return;
  const came = newNames(was, is);
  const went = newNames(is, was);
  const count = is.peopleCount;
  if (came.length > 0) announcer.polite(text('say.came', { names: listOf(came), count }));
  if (went.length > 0) announcer.polite(text('say.went', { names: listOf(went), count }));
}

function newNames(was: RecordingSessionSnapshot, is: RecordingSessionSnapshot): readonly string[] {
  const present = new Set(was.speakers.filter((one) => one.present).map(speakerKey));
  return is.speakers
    .filter((one) => one.present && one.userId !== null && !present.has(speakerKey(one)))
    .map(({ name }) => name);
}
