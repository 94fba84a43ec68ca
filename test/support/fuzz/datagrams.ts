import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { silentLog } from '../../../main/base/log.ts';
import { Meters } from '../../../main/session/meters.ts';
import { ReceivePath, type VoiceKeys } from '../../../main/receive/receive-path.ts';
import { Recording } from '../../../main/recording/recording.ts';
import { verifyRecording } from '../../../main/recording/verify.ts';
import { classifyDatagram } from '../../../main/rtp/classify-datagram.ts';
import { createTransportCipher, type TransportCipher } from '../../../main/rtp/transport-cipher.ts';
import { DaveCrowd } from '../dave-crowd.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { changedBytes } from './changed-bytes.ts';
import { FuzzRun, type FuzzReport } from './fuzz-run.ts';
import { AnySealer, type CounterMode } from './any-sealer.ts';
import { HostileRtp } from './hostile-rtp.ts';

/** Most datagrams of one recording, which is then closed and read back. */
const DATAGRAMS_A_RECORDING = 50_000;

/** Datagrams between two turns of the event loop, in which files are written. */
const DATAGRAMS_A_TURN = 500;

/** More tracks than the packet path makes for SSRCs that nobody named. */
const MOST_TRACKS = 200;

/** A packet is placed 5 s ahead of its arrival at most, and lasts 120 ms at most. */
const MOST_AHEAD_SAMPLES = 5 * 48_000 + 5_760;

interface Call {
  readonly mode: CounterMode;
  readonly encrypted: boolean;
  readonly excluded: readonly string[];
}

const CALLS: readonly Call[] = [
  { mode: 'aead_aes256_gcm_rtpsize', encrypted: true, excluded: [] },
  { mode: 'aead_aes256_gcm_rtpsize', encrypted: false, excluded: [] },
  { mode: 'aead_xchacha20_poly1305_rtpsize', encrypted: true, excluded: ['9'] },
  { mode: 'aead_aes256_gcm', encrypted: false, excluded: [] },
  { mode: 'aead_xchacha20_poly1305_rtpsize', encrypted: true, excluded: [] },
  { mode: 'xsalsa20_poly1305_lite', encrypted: false, excluded: ['9'] },
  { mode: 'aead_xchacha20_poly1305_rtpsize', encrypted: false, excluded: [] },
  { mode: 'xsalsa20_poly1305_lite_rtpsize', encrypted: true, excluded: [] },
];

/**
 * Feeds wrong datagrams to recordings of several kinds of calls, changed before transport encryption or after it. Every
 * recording must close, and verify without a finding.
 */
export async function fuzzDatagrams(options: {
  readonly count: number;
  readonly seed: number;
}): Promise<FuzzReport> {
  const run = new FuzzRun({ kind: 'datagrams', ...options });
  const random = new SeededRandom(options.seed);
  const library = await mkdtemp(path.join(tmpdir(), 'tapedeck-fuzz-'));
  const datagrams = Math.min(DATAGRAMS_A_RECORDING, Math.ceil(options.count / CALLS.length));
  for (let number = 0; run.goesOn; number += 1) {
    const call = CALLS[number % CALLS.length];
    if (call !== undefined) await fuzzCall(call, { run, random, library, datagrams });
  }
  await rm(library, { recursive: true, force: true });
  return run.report();
}

interface Fuzzing {
  readonly run: FuzzRun;
  readonly random: SeededRandom;
  readonly library: string;
  /** Number of datagrams of this call. */
  readonly datagrams: number;
}

async function fuzzCall(call: Call, { run, random, library, datagrams }: Fuzzing): Promise<void> {
  using crowd = new DaveCrowd();
  const [ours, ann, ben] = [crowd.join(), crowd.join(), crowd.join()];
  crowd.deliverAll();
  const key = random.bytes(32);
  const clock = { nowMs: 0 };
  const recording = await Recording.create({
    libraryFolder: library,
    place: { guild: { id: '1', name: 'g' }, channel: { id: '2', name: 'c', kind: 'voice' } },
    app: 'tapedeck 0.0.0',
    transport: call.mode,
    consent: {},
    log: silentLog,
    timeZone: 'UTC',
    clock: { monotonicMs: () => clock.nowMs, wallMs: () => 1_790_000_000_000 + clock.nowMs },
    onDiskError: (error) => run.fail('', error.message),
  });
  const meters = new Meters();
  const receive = new ReceivePath({
    recording: {
      addTrack: (who) => recording.addTrack(who),
      nameTrack: (track, who) => recording.nameTrack(track, who),
      tell: (event) => {
        run.count(`event ${event.event}`);
        recording.tell(event);
      },
    },
    startedAtMs: 0,
    excluded: new Set(call.excluded),
    nameOf: (userId) => userId,
    log: silentLog,
    onFault: () => run.fail('', 'a fault in the packet path'),
    onSpeaker: () => run.count('a speaker'),
    onOutage: () => run.count('an outage'),
    onPlaced: (track, position, opus) => meters.push(track, position, opus),
  });
  const keys: VoiceKeys = {
    cipher: createTransportCipher(call.mode, key),
    dave: call.encrypted ? ours.session : IN_THE_CLEAR,
  };
  const frame = (voice: number, opus: Uint8Array): Uint8Array => {
    if (!call.encrypted) return opus;
    return (voice % 2 === 0 ? ann : ben).session.seal(opus) ?? opus;
  };
  const ssrcs = [11, 12, 13, 14, 0, 0xffff_ffff];
  const traffic = new HostileRtp({ random, ssrcs, frame });
  const sealer = new AnySealer(key, call.mode);
  ours.onKeys = () => receive.keysChanged(clock.nowMs);
  receive.beginVoiceSession(keys, 0);
  let bytes: Uint8Array = new Uint8Array(0);
  const next = (): void => {
    const { packet, wrong } = traffic.next();
    const dice = random.next();
    if (dice < 0.85) bytes = sealer.seal(packet);
    else if (dice < 0.95) bytes = changedBytes(sealer.seal(packet), random, bytes);
    else bytes = dice < 0.97 ? bytes : otherDatagram(random, keys.cipher);
    run.count(dice < 0.85 ? `wrong before encryption: ${wrong}` : 'wrong after encryption');
  };
  const names = [ann.userId, ben.userId, ann.userId, ben.userId, '9', '8'];
  for (let count = 0; count < datagrams && run.goesOn; count += 1) {
    const isOutage = random.next() < 0.000_3;
    const elapsedMs = isOutage ? random.integer(15_000) : random.next() * 6.6;
    if (isOutage && random.next() < 0.7) traffic.skip(elapsedMs);
    clock.nowMs += elapsedMs;
    next();
    run.try(bytes, () => {
      const kind = classifyDatagram(bytes);
      if (kind === 'rtp' || kind === 'unknown') receive.receive(bytes, kind, clock.nowMs);
      return kind;
    });
    if (count % 8 === 0) run.attempt(bytes, () => receive.tick(clock.nowMs));
    if (count % 100 === 0) {
      const at = random.integer(ssrcs.length);
      const [ssrc, user] = [ssrcs[at] ?? 0, names[random.next() < 0.9 ? at : 0] ?? '8'];
      if (random.next() < 0.2) run.attempt(bytes, () => receive.name(ssrc, user));
      if (random.next() < 0.05) run.attempt(bytes, () => receive.left(user));
    }
    if (count % 5_000 === 4_999) {
      run.attempt(bytes, () => change(receive, { keys, crowd, random, nowMs: clock.nowMs }));
      run.attempt(bytes, () => void meters.read());
    }
    if (count % DATAGRAMS_A_TURN === 0) await setImmediate();
  }
  run.attempt(bytes, () => receive.endVoiceSession());
  countOutcomes(run, receive);
  await close(run, { recording, receive, samples: Math.round(clock.nowMs * 48) });
}

const IN_THE_CLEAR: VoiceKeys['dave'] = {
  state: { version: 0 },
  members: [],
  open: (_, frame) => frame,
  gaveUp: () => undefined,
};

/** Pauses, reconnects, lets somebody join and leave, or says that keys changed. */
function change(
  receive: ReceivePath,
  {
    keys,
    crowd,
    random,
    nowMs,
  }: { keys: VoiceKeys; crowd: DaveCrowd; random: SeededRandom; nowMs: number },
): void {
  switch (random.integer(4)) {
    case 0:
      receive.pause();
      receive.resume(nowMs);
      break;
    case 1:
      receive.endVoiceSession();
      receive.beginVoiceSession(keys, nowMs);
      break;
    case 2: {
      const guest = crowd.join();
      crowd.deliverAll();
      crowd.leave(guest);
      crowd.deliverAll();
      break;
    }
    default:
      receive.keysChanged(nowMs);
  }
}

/** A datagram that is no RTP: RTCP, answers of the server, or random bytes. */
function otherDatagram(random: SeededRandom, cipher: TransportCipher): Uint8Array {
  switch (random.integer(5)) {
    case 0:
      return cipher.sealRtcp(Uint8Array.of(0x81, 201, 0, 7, 0, 0, 0, 1), random.bytes(24));
    case 1:
      return Buffer.concat([Buffer.of(0x13, 0x37, 0xf0, 0x0d), random.bytes(4)]);
    case 2:
      return Buffer.concat([Buffer.of(0, 2, 0, 70), random.bytes(70)]);
    case 3:
      return random.bytes(random.integer(80));
    default:
      return new Uint8Array(random.integer(1_500));
  }
}

function countOutcomes(run: FuzzRun, receive: ReceivePath): void {
  for (const [reason, count] of Object.entries(receive.rejected))
    run.count(`rejected: ${reason}`, count);
  for (const speaker of receive.speakers()) {
    for (const [name, count] of Object.entries(receive.counts(speaker)))
      run.count(`ledger: ${name}`, count);
  }
}

/** Closes the recording and reads it back with `verify`. */
async function close(
  run: FuzzRun,
  of: { readonly recording: Recording; readonly receive: ReceivePath; readonly samples: number },
): Promise<void> {
  const { recording, receive, samples } = of;
  try {
    const speakers = receive.speakers();
    const counts = new Map(speakers.map((one) => [one.track, receive.counts(one)] as const));
    const { rejected, faultCount: faults } = receive;
    const dave = { version: 0, transitions: 0 };
    const end = { reason: 'user', samples, counts, rejected, faults, dave };
    const manifest = await recording.close(end);
    run.count('tracks', manifest.tracks.length);
    if (manifest.tracks.length > MOST_TRACKS)
      run.fail('', `${String(manifest.tracks.length)} tracks, made by strangers`);
    if (manifest.samples > samples + MOST_AHEAD_SAMPLES)
      run.fail('', `${String(manifest.samples)} samples in the time of ${String(samples)}`);
    const { findings } = await verifyRecording(recording.folder);
    const [finding] = findings;
    if (finding !== undefined) run.fail('', `${finding.file}: ${finding.message}`);
    run.count('recordings that verify');
  } finally {
    await rm(recording.folder, { recursive: true, force: true });
  }
}
