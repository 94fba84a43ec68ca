import path from 'node:path';
import { describe, test } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { loadSpeech } from '../../main/demo/talk/speech-source.ts';
import type { Session } from '../../main/session/session.ts';
import { Call, TALKERS } from '../support/call.ts';
import { checkTracks, sentIn } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { probePackets } from '../support/ffprobe.ts';
import { ForeignBot } from '../support/foreign-bot.ts';
import { isAudio, readSent, sha256 } from '../support/sent.ts';
import { isSilence } from '../support/track-match.ts';

/** Packets sent less than this before a member is removed may be lost with that member's keys. */
const IN_FLIGHT_MS = 100;

/** Packets sent this close to `joined` or the stop may be recorded or not, on a busy machine. */
const EDGE_MS = 500;
const EDGE_PACKETS = 3;

async function heardMore(call: Call, session: Session, count = 40): Promise<void> {
  const packets = (): number =>
    session.view().speakers.reduce((sum, { counts }) => sum + counts.packets, 0);
  const before = packets();
  await call.until('packets', () => packets() > before + count);
}

describe.concurrent('a call that is encrypted from end to end', () => {
  test('loses no frame with 3, 4, 2 and 5 members and a resume, and counts frames without keys', async ({
    expect,
  }) => {
    await using call = await Call.start({ where: 'voice', talkers: TALKERS.slice(0, 2) });
    const { demo } = call;
    const { voice } = demo.setting.channels;
    const session = await call.record();
    await call.until('both', () => call.all('speaker').length === 2);
    const third = demo.people.add(voice, TALKERS[2]);
    await call.event('speaker', ({ userId }) => userId === third);
    const [first = ''] = call.all('speaker').map(({ userId }) => userId ?? '');
    await heardMore(call, session);
    const leftAtMs = new Map([third, first].map((userId) => [userId, now()]));
    demo.people.leave(third);
    demo.people.leave(first);
    await heardMore(call, session);
    for (const style of [TALKERS[3], TALKERS[2], TALKERS[0]]) demo.people.add(voice, style);
    await call.until('a change of keys', () => call.all('e2ee').length > 3);
    demo.control.cutVoice();
    await call.until('five', () => call.all('speaker').length === 6);
    await heardMore(call, session, 100);
    const stopped = await call.stop(session);

    const manifest = await expectSound(session.folder);
    expect(manifest.dave.version).toBe(1);
    expect(manifest.dave.transitions).toBeGreaterThanOrEqual(3);
    expect(manifest.gaps).toEqual([]);
    const sent = await readSent(demo);
    const window = sentIn(sent.packets, call.window);
    const tracks = await checkTracks(session.folder, sent);
    expect(tracks).toHaveLength(6);
    for (const { track, missing, strangers, concealed, jumps } of tracks) {
      expect(strangers).toEqual([]);
      expect(track).toMatchObject({ lost: 0, late: 0, padding: 0, duplicate: 0 });
      const theirs = window.filter(({ userId }) => userId === track.userId);
      const keyless = theirs.filter(
        (packet) => isAudio(packet) && packet.fate !== 'dropped' && sent.neverGiven(packet),
      );
      const leaving = leftAtMs.get(track.userId ?? '') ?? Infinity;
      const due = missing.filter(
        (packet) =>
          packet.kind === 'speech' && // the position of silence is unknown when the speech before it is missing
          window.includes(packet) &&
          !keyless.includes(packet) &&
          packet.atMs < leaving - IN_FLIGHT_MS,
      );
      expect(due).toEqual([]);
      const inFlight = theirs.filter(({ atMs }) => atMs >= leaving - IN_FLIGHT_MS).length;
      const audioWithin = (slackMs: number): number => {
        const { fromMs, toMs } = call.window;
        const wider = { fromMs: fromMs - slackMs, toMs: toMs + slackMs };
        return sentIn(sent.packets, wider).filter(
          (packet) =>
            packet.userId === track.userId && isAudio(packet) && packet.fate !== 'dropped',
        ).length;
      };
      const counted = track.packets + track.undecryptable;
      expect(counted).toBeGreaterThanOrEqual(audioWithin(-EDGE_MS) - EDGE_PACKETS);
      expect(counted).toBeLessThanOrEqual(audioWithin(EDGE_MS) + EDGE_PACKETS);
      expect(track.undecryptable).toBeGreaterThanOrEqual(keyless.length);
      expect(track.undecryptable).toBeLessThanOrEqual(keyless.length + inFlight);
      if (keyless.length === 0) expect(jumps).toEqual([]); // otherwise keys changed within their speech
      expect(concealed.length).toBeLessThanOrEqual(track.undecryptable);
    }
    expect(stopped.tracks.map(({ undecryptable }) => undecryptable)).toEqual(
      manifest.tracks.map(({ undecryptable }) => undecryptable),
    );
    const codes = call.all('e2ee').map(({ privacyCode }) => privacyCode);
    expect(new Set(codes).size).toBe(codes.length); // each is a new one
    expect(codes.at(-1)).toMatch(/^\d{30}$/);
    expect(call.faults).toEqual([]);
  });

  test('has the packets of @discordjs/voice', async ({ expect }) => {
    // No padding, which that client does not remove: it could not open other speakers' frames.
    const scenario = { ...SCENARIOS.calm, talks: 'voice', paddingRatio: 0 } as const;
    await using call = await Call.start({
      where: 'voice',
      scenario,
      talkers: TALKERS.slice(0, 1),
    });
    const { demo } = call;
    demo.joins.order = 'state first'; // as that client needs it, see demo-foreign-client
    const session = await call.record();
    await call.event('speaker');
    const said = loadSpeech('callum').packets.slice(5322, 5522);
    const say = said.map((packet) => Buffer.from(packet).toString('hex'));
    using bot = new ForeignBot(demo, { token: demo.otherToken, say });
    await bot.until(({ told }) => told.some(({ event }) => event === 'said'));
    const { userId } = demo.setting.otherBot;
    await call.event('speaker', (speaker) => speaker.userId === userId);
    await heardMore(call, session);
    await call.stop(session);

    const manifest = await expectSound(session.folder);
    const track = manifest.tracks.find((one) => one.userId === userId);
    const packets = await probePackets(path.join(session.folder, track?.file ?? ''));
    const telling = said.filter(({ byteLength }) => byteLength > 16).map(sha256);
    const heard = packets
      .filter(({ byteLength, sha256: hash }) => byteLength > 16 && !isSilence(hash))
      .map((packet) => packet.sha256);
    expect(heard.length).toBeGreaterThan(telling.length / 2); // it begins to send before it has keys
    // What it sent without keys is missing: it drops its keys when it gets too little CPU time.
    expect(telling.filter((hash) => heard.includes(hash))).toEqual(heard);
    expect(heard.at(-1)).toBe(telling.at(-1));
    expect(track).toMatchObject({ lost: 0, late: 0, padding: 0 });
  });

  test('names an SSRC by whose key opens its frames when op 5 does not come', async ({
    expect,
  }) => {
    const scenario = { ...SCENARIOS['late-names'], namesDelayMs: 600_000 };
    await using call = await Call.start({
      where: 'voice',
      scenario,
      talkers: TALKERS.slice(0, 2),
    });
    const session = await call.record();
    await call.until('both', () => call.all('speaker').length === 2);
    await heardMore(call, session);
    await call.stop(session);
    const manifest = await expectSound(session.folder);
    expect(manifest.rejected['unknown-ssrc']).toBe(0);
    const sent = await readSent(call.demo);
    for (const { track, missing, strangers } of await checkTracks(session.folder, sent)) {
      expect(track.userId).not.toBeNull();
      expect(strangers).toEqual([]);
      const due = sentIn(missing, call.window).filter((packet) => !sent.neverGiven(packet));
      expect(due).toEqual([]);
    }
  });

  test('tells an e2ee event with its code, and a stage one without', async ({ expect }) => {
    await using call = await Call.start({ where: 'voice', talkers: TALKERS.slice(0, 1) });
    const { stage } = call.demo.setting.channels;
    const encrypted = await call.record();
    await call.event('e2ee', ({ privacyCode }) => privacyCode !== null);
    await encrypted.stop('user');
    expect(call.events.map(({ event }) => event).slice(0, 3)).toEqual([
      ...['connected', 'joined', 'e2ee'],
    ]);
    expect(call.all('joined')).toMatchObject([{ daveVersion: 1 }]);
    const view = call.all('e2ee').at(-1);
    expect(view?.version).toBe(1);
    expect(view?.privacyCode).toMatch(/^\d{30}$/);
    expect(Number.isInteger(view?.epoch)).toBe(true);

    const before = call.all('e2ee').length;
    const plain = await call.record({ channelId: stage.id });
    await plain.stop('user');
    expect(call.all('e2ee').slice(before)).toMatchObject([
      { version: 0, epoch: null, privacyCode: null },
    ]);
    expect(call.all('joined').at(-1)).toMatchObject({ daveVersion: 0 });
  });
});

/** Now, on the sent log's clock. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
