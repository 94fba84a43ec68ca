import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog, silentLog } from '../../main/base/log.ts';
import { ReceivePath, type VoiceKeys } from '../../main/receive/receive-path.ts';
import { Recording } from '../../main/recording/recording.ts';
import type { TrackWriter } from '../../main/recording/track/track-writer.ts';
import { createTransportCipher } from '../../main/rtp/transport-cipher.ts';
import { toRtpTimestamp } from '../../main/rtp/rtp-timestamp.ts';
import { davePair } from '../support/dave-pair.ts';

const cipher = createTransportCipher('aead_xchacha20_poly1305_rtpsize', new Uint8Array(32).fill(7));

interface Rig {
  readonly receive: ReceivePath;
  /** One packet, 20 ms of the stream after the one before it. */
  readonly hear: (ssrc: number, sequence: number, frame: Uint8Array, atMs?: number) => void;
  readonly losses: number[];
}

/** A packet path on a recording on disk, with a clock that the test sets. */
async function rig(
  dave: VoiceKeys['dave'],
  {
    excluded = [],
    faults,
    addTrack = (_, add) => add(),
  }: {
    readonly excluded?: readonly string[];
    readonly faults?: string[];
    /** What becomes of a wish for a track. */
    readonly addTrack?: (userId: string | null, add: () => TrackWriter) => TrackWriter;
  } = {},
): Promise<Rig> {
  const libraryFolder = await mkdtemp(path.join(tmpdir(), 'tapedeck-path-'));
  const recording = await Recording.create({
    libraryFolder,
    place: { guild: { id: '1', name: 'g' }, channel: { id: '2', name: 'c', kind: 'voice' } },
    app: 'tapedeck 0.0.0',
    transport: cipher.mode,
    consent: {},
    log: silentLog,
    timeZone: 'UTC',
    clock: { monotonicMs: () => 0, wallMs: () => Date.now() },
    onDiskError: (error) => expect.fail(error.message),
  });
  onTestFinished(async () => {
    await recording.discard();
    await rm(libraryFolder, { recursive: true, force: true });
  });
  const losses: number[] = [];
  const receive = new ReceivePath({
    recording: {
      addTrack: (who) => addTrack(who.userId, () => recording.addTrack(who)),
      nameTrack: (track, who) => recording.nameTrack(track, who),
      tell: (event) => {
        if (event.event === 'loss') losses.push(event.count);
      },
    },
    startedAtMs: 0,
    excluded: new Set(excluded),
    nameOf: (userId) => userId,
    log: createLog('error', (_, line) => faults?.push(line)),
    onSpeaker: () => undefined,
    onOutage: () => undefined,
    onPlaced: () => undefined,
    onFault: () => {
      if (faults === undefined) expect.fail('a fault in the packet path');
      faults.push('first');
    },
  });
  receive.beginVoiceSession({ cipher, dave }, 0);
  const hear: Rig['hear'] = (ssrc, sequence, frame, atMs = sequence * 20) => {
    const fields = { ssrc, sequence: sequence & 0xffff, timestamp: toRtpTimestamp(sequence * 960) };
    receive.receive(cipher.seal(fields, frame), 'rtp', atMs);
  };
  return { receive, hear, losses };
}

/** Keys of a call without encryption. */
const IN_THE_CLEAR: VoiceKeys['dave'] = {
  state: { version: 0 },
  members: [],
  open: (_, frame) => frame,
  gaveUp: () => undefined,
};

const opus = (mark: number): Uint8Array => Uint8Array.of(0x78, mark, 1, 2, 3, 4);

function counts({ receive }: Rig): Record<string, unknown> {
  const all = receive.speakers().map((one) => [String(one.userId), receive.counts(one)] as const);
  return Object.fromEntries<unknown>(all);
}

test('packets of an SSRC belong to its new user once it is named anew', async () => {
  const path = await rig(IN_THE_CLEAR, { excluded: ['12'] });
  path.receive.name(1, '11');
  for (let sequence = 0; sequence < 20; sequence += 1) path.hear(1, sequence, opus(1));
  path.receive.name(1, '12'); // an excluded user
  for (let sequence = 20; sequence < 40; sequence += 1) path.hear(1, sequence, opus(2));
  path.receive.name(1, '13');
  for (let sequence = 40; sequence < 50; sequence += 1) path.hear(1, sequence, opus(3));
  path.receive.endVoiceSession();
  expect(counts(path)).toMatchObject({
    11: { packets: 20, lost: 0, late: 0 },
    13: { packets: 10, lost: 0, late: 0 },
  });
});

test('packets of an unnamed SSRC in a pause are in no count', async () => {
  const path = await rig(IN_THE_CLEAR);
  for (let sequence = 0; sequence < 50; sequence += 1) path.hear(1, sequence, opus(1));
  path.receive.pause();
  for (let sequence = 50; sequence < 1_050; sequence += 1) {
    path.hear(1, sequence, opus(2));
    path.receive.tick(sequence * 20);
  }
  path.receive.resume(1_050 * 20);
  for (let sequence = 1_050; sequence < 1_100; sequence += 1) path.hear(1, sequence, opus(3));
  path.receive.tick(40_000);
  path.receive.endVoiceSession();
  expect(counts(path)).toMatchObject({ null: { packets: 100, lost: 0, late: 0 } });
  expect(path.losses).toEqual([]);
});

test('of two copies of a packet that wait for a name, the first is written and opened', async () => {
  const { ann, ben } = davePair();
  let members: readonly string[] = [];
  const path = await rig({
    get state() {
      return ann.session.state;
    },
    get members() {
      return members;
    },
    open: (userId, frame) => ann.session.open(userId, frame),
    gaveUp: () => undefined,
  });
  const frames = Array.from({ length: 10 }, () => ben.say());
  const [first = opus(0), ...others] = frames;
  path.hear(1, 0, first);
  path.hear(1, 0, first, 1);
  members = [ben.userId];
  path.receive.keysChanged(10);
  for (const [index, frame] of others.entries()) path.hear(1, index + 1, frame);
  path.receive.endVoiceSession();
  expect(counts(path)).toMatchObject({
    [ben.userId]: { packets: 10, undecryptable: 0, duplicate: 1 },
  });
});

test('somebody who comes back under another SSRC is recognised by their key', async () => {
  const { ann, ben } = davePair();
  const path = await rig(ann.session);
  path.receive.name(1, ben.userId);
  for (let sequence = 0; sequence < 5; sequence += 1) path.hear(1, sequence, ben.say());
  path.receive.tick(300);
  for (let sequence = 20; sequence < 70; sequence += 1) path.hear(2, sequence, ben.say());
  path.receive.endVoiceSession();
  expect(counts(path)).toMatchObject({ [ben.userId]: { packets: 55, undecryptable: 0 } });
  expect(path.receive.rejected).toMatchObject({ 'unknown-ssrc': 0 });
});

test('in an encrypted call packets wait ten seconds for a name', async () => {
  const { ann, ben } = davePair();
  let members: readonly string[] = [];
  const path = await rig({
    get state() {
      return ann.session.state;
    },
    get members() {
      return members;
    },
    open: (userId, frame) => ann.session.open(userId, frame),
    gaveUp: () => undefined,
  });
  for (let sequence = 0; sequence < 520; sequence += 1) {
    path.hear(1, sequence, ben.say());
    path.receive.tick(sequence * 20);
  }
  expect(path.receive.rejected['unknown-ssrc']).toBeLessThanOrEqual(20);
  members = [ben.userId];
  path.receive.name(1, ben.userId);
  path.receive.endVoiceSession();
  const given = path.receive.rejected['unknown-ssrc'];
  expect(given).toBeGreaterThan(0);
  expect(counts(path)).toMatchObject({ [ben.userId]: { packets: 520 - given, lost: 0 } });
});

test('frames encrypted before a downgrade go to no unknown track', async () => {
  const { crowd, ann, ben } = davePair();
  const path = await rig({
    get state() {
      return ann.session.state;
    },
    members: [],
    open: (userId, frame) => ann.session.open(userId, frame),
    gaveUp: () => undefined,
  });
  for (let sequence = 0; sequence < 50; sequence += 1) path.hear(1, sequence, ben.say());
  crowd.room.downgrade();
  crowd.deliverAll();
  path.receive.tick(11_000);
  path.receive.endVoiceSession();
  expect(path.receive.speakers()).toEqual([]);
  expect(path.receive.rejected['unknown-ssrc']).toBe(50);
});

test('of an SSRC that its speaker no longer uses only the counts are kept', async () => {
  const path = await rig(IN_THE_CLEAR);
  path.receive.name(1, '11');
  for (const sequence of [0, 1, 2, 4]) path.hear(1, sequence, opus(1));
  path.receive.name(2, '11');
  for (let sequence = 100; sequence < 4_000; sequence += 1) {
    path.hear(2, sequence, opus(2));
    path.receive.tick(sequence * 20);
  }
  const all = { packets: 3_904, lost: 1, late: 0, duplicate: 0 };
  expect(counts(path)).toMatchObject({ 11: all });
  path.hear(1, 30, opus(3), 80_000); // the first packet of its stream, so that no loss comes before it
  path.receive.endVoiceSession();
  expect(counts(path)).toMatchObject({ 11: { ...all, packets: 3_905 } });
});

test('a fault in one stream loses its packet, and none of other streams', async () => {
  const faults: string[] = [];
  const dave: VoiceKeys['dave'] = {
    ...IN_THE_CLEAR,
    open: (userId, frame) => {
      if (userId === '11' && frame[1] === 13) throw new TypeError(`bad luck ${String(frame[2])}`);
      if (userId === '11' && frame[1] === 14) throw new RangeError('another one');
      return userId === '11' && frame[1] === 15 ? null : frame;
    },
  };
  const path = await rig(dave, { faults });
  path.receive.name(1, '11');
  path.receive.name(2, '12');
  for (let sequence = 0; sequence < 50; sequence += 1) {
    // Of ten packets, two cause one kind of fault, one causes another, and one waits for a key.
    const mark = [13, 13, 14, 15][sequence % 10] ?? 1;
    path.hear(1, sequence, opus(mark));
    path.hear(2, sequence, opus(2));
    path.receive.tick(sequence * 20);
  }
  dave.open = () => {
    throw new Error('no key opens anything');
  };
  path.receive.keysChanged(1_000); // one stream has waiting frames, the other none
  path.receive.endVoiceSession();
  expect(counts(path)).toMatchObject({ 12: { packets: 50, lost: 0, late: 0 } });
  expect(counts(path)).toMatchObject({ 11: { packets: 30, undecryptable: 0, lost: 20 } });
  expect(path.receive.faultCount).toBe(20);
  expect(faults.filter((line) => line === 'first')).toHaveLength(1);
  expect(faults.filter((line) => line !== 'first')).toHaveLength(3);
});

test('when a track cannot be made, it is tried again for the next packets, and other streams do not wait', async () => {
  const faults: string[] = [];
  let refusals = 0;
  const path = await rig(IN_THE_CLEAR, {
    faults,
    addTrack: (userId, add) => {
      if (userId === '11' && (refusals += 1) <= 3) throw new Error('no such luck');
      return add();
    },
  });
  path.receive.name(1, '11');
  path.receive.name(2, '12');
  for (let sequence = 0; sequence < 50; sequence += 1) {
    path.hear(1, sequence, opus(1));
    path.hear(2, sequence, opus(2));
  }
  path.receive.endVoiceSession();
  expect(counts(path)).toMatchObject({
    11: { packets: 47, late: 0, lost: 3 },
    12: { packets: 50, late: 0, lost: 0 },
  });
  expect(path.receive.faultCount).toBe(3);
  expect(faults).toHaveLength(2); // one is logged, one told
});
