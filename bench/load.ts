import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toError } from '../main/base/errors.ts';
import { ResourceStack } from '../main/base/resource-stack.ts';
import { sleep } from '../main/base/wait.ts';
import { SCENARIOS } from '../main/demo/control/scenarios.ts';
import { type DemoServer, startDemoServer } from '../main/demo/start-demo-server.ts';
import { readManifestOf, sentIn } from '../test/support/checked-tracks.ts';
import { isAudio, readSent } from '../test/support/sent.ts';
import { RecordProcess } from '../test/support/record-process.ts';
import { processTime } from './process-time.ts';
import { atLeast, atMost, type Row } from './row.ts';
import { WindowRecorder } from './window-recorder.ts';

type Size = 'full' | 'quick';
type View = 'command line' | 'window';

/** What one recording of many speakers without pauses cost, and how much is missing. */
interface Load {
  readonly speakers: number;
  /** CPU time as a share of one core, from the last speaker's announcement to the end. */
  readonly share: number;
  readonly rendererShare: number;
  /** Null without a window. */
  readonly framesPerSecond: number | null;
  readonly sent: number;
  /** Packets that were sent and are in no file. */
  readonly missing: number;
}

/** Numbers of speakers that are tried in turn until packets are missing. */
const CROWDS = [100, 200, 400, 500];

const SECONDS = { full: 600, quick: 5 } as const;
const CROWD_SECONDS = 20;

/**
 * Records people who talk without a pause, end-to-end encrypted, over UDP: what it costs, and whether packets are
 * missing. Needs Linux, and a display for the window.
 */
export async function* load(size: Size): AsyncGenerator<Row> {
  const seconds = SECONDS[size];
  const what = `25 speakers, ${String(seconds)} s`;
  const headless = await measure({ speakers: 25, seconds, view: 'command line' });
  yield shareRow('A3', { load: headless, most: 0.1, what: `${what}, no window` });
  const open = await measure({ speakers: 25, seconds, view: 'window' });
  yield shareRow('A3w', { load: open, most: 0.2, what: `${what}, window open` });
  const missing = headless.missing + open.missing;
  yield atMost(0, {
    id: 'A3d',
    figure: missing,
    against: `packets missing of ${String(headless.sent + open.sent)} sent in both`,
  });
  yield atMost(0.25, {
    id: 'A11',
    figure: rounded(open.rendererShare),
    against: 'of a core in the window’s own process, 25 waveforms',
  });
  const frames = Math.round(open.framesPerSecond ?? 0);
  yield atLeast(25, { id: 'A11f', figure: frames, against: 'frames a second meanwhile' });
  yield await mostSpeakers(size);
}

async function mostSpeakers(size: Size): Promise<Row> {
  const told: string[] = [];
  let most = 0;
  const crowds = size === 'full' ? CROWDS : CROWDS.slice(0, 1);
  const seconds = size === 'full' ? CROWD_SECONDS : SECONDS.quick;
  for (const speakers of crowds) {
    const load = await measure({ speakers, seconds, view: 'command line' }).catch(toError);
    if (load instanceof Error) {
      told.push(`${String(speakers)}: ${load.message.split(':')[0] ?? ''}`); // more speakers than the demo server can send
      break;
    }
    const { missing, sent, share } = load;
    const cost = `${(share * 100).toFixed(0)} % of a core`;
    told.push(`${String(speakers)}: ${String(missing)} of ${String(sent)} missing, ${cost}`);
    if (missing > 0) break;
    most = speakers;
  }
  return atLeast(400, {
    id: 'A3m',
    figure: most,
    against: `speakers without loss; ${told.join('; ')}`,
  });
}

function shareRow(
  id: string,
  { load, most, what }: { load: Load; most: number; what: string },
): Row {
  return atMost(most, { id, figure: rounded(load.share), against: `of a core; ${what}` });
}

const rounded = (share: number): number => Number(share.toFixed(3));

async function measure({
  speakers,
  seconds,
  view,
}: {
  speakers: number;
  seconds: number;
  view: View;
}): Promise<Load> {
  await using stack = new ResourceStack();
  const scratch = await mkdtemp(path.join(tmpdir(), 'tapedeck-load-'));
  stack.defer(() => rm(scratch, { recursive: true, force: true }));
  const demo = stack.use(await startDemoServer({ speakers: 0, scenario: SCENARIOS.calm }));
  for (let count = 0; count < speakers; count += 1)
    demo.people.add(demo.setting.channels.voice, { pauses: 'left out' });
  const recorder = stack.use(
    view === 'window'
      ? await WindowRecorder.start(demo, scratch)
      : new RecordProcess(demo, scratch),
  );
  const { folder } = await recorder.announced(speakers);
  const begin = await processTime(recorder.pid);
  await sleep(seconds * 1000);
  const end = await processTime(recorder.pid);
  // Packets sent later than this may still be on their way.
  const toMs = performance.timeOrigin + performance.now() - 100;
  const framesPerSecond =
    recorder instanceof WindowRecorder ? await recorder.framesPerSecond() : null;
  await recorder.stop();
  const wallSeconds = (end.wallMs - begin.wallMs) / 1000;
  return {
    speakers,
    framesPerSecond,
    share: (end.seconds - begin.seconds) / wallSeconds,
    rendererShare: (end.rendererSeconds - begin.rendererSeconds) / wallSeconds,
    ...(await missingIn(folder, { demo, toMs })),
  };
}

/**
 * Counts the packets sent to the recording, for which we had keys, and how many are missing by the manifest and the
 * files.
 */
async function missingIn(
  folder: string,
  { demo, toMs }: { demo: DemoServer; toMs: number },
): Promise<Pick<Load, 'sent' | 'missing'>> {
  const log = await readSent(demo);
  const { tracks, startedAt } = await readManifestOf(folder);
  const window = { fromMs: Date.parse(startedAt), toMs };
  const sentBy = new Map<string | null, number>();
  const ours = log.packets.filter((packet) => isAudio(packet) && !log.neverGiven(packet));
  for (const { userId } of sentIn(ours, window)) sentBy.set(userId, (sentBy.get(userId) ?? 0) + 1);
  let sent = 0;
  let missing = 0;
  for (const [userId, count] of sentBy) {
    const track = tracks.find((one) => one.userId === userId);
    sent += count;
    missing += Math.max(count - (track?.packets ?? 0), (track?.lost ?? 0) + (track?.late ?? 0));
  }
  return { sent, missing: sent === 0 ? Infinity : Math.max(0, missing) };
}
