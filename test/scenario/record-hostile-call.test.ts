import { expect, test } from 'vitest';
import { endLikeCiphertext } from '../../main/demo/talk/speaker.ts';
import { loadSpeech } from '../../main/demo/talk/speech-source.ts';
import { VOICES } from '../../main/demo/talk/people.ts';
import { Call } from '../support/call.ts';
import { checkTracks, sentIn } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent, sha256, type Sent } from '../support/sent.ts';

test('junk of every kind is counted and nobody loses a packet by it', async () => {
  await using call = await Call.start({ scenario: 'hostile', seed: 3 });
  const session = await call.record();
  await call.length(session, 6);
  await call.stop(session);

  const manifest = await expectSound(session.folder);
  const sent = await readSent(call.demo);
  const tracks = await checkTracks(session.folder, { ...sent, hashOf: withOddForms(sent) });
  const window = call.window;
  expect(tracks).toHaveLength(4);
  for (const { track, stream, placed, missing, strangers, jumps } of tracks) {
    const expected = sentIn(stream, window);
    expect(missing.filter((packet) => expected.includes(packet))).toEqual([]);
    expect({ strangers, jumps }).toEqual({ strangers: [], jumps: [] });
    expect(track).toMatchObject({ packets: placed.length, lost: 0, late: 0, undecryptable: 0 });
  }
  const ofNobody = ({ kind }: { kind: string }): boolean => kind === 'junk' || kind === 'video';
  const inside = sentIn(sent.packets, window).filter(ofNobody);
  const about = sentIn(sent.packets, { fromMs: window.fromMs - 200, toMs: window.toMs + 200 });
  const rejected = Object.values(manifest.rejected).reduce<number>((a, b) => a + Number(b), 0);
  // One in 150 random datagrams looks like RTCP, which is not rejected.
  expect(rejected).toBeGreaterThanOrEqual(Math.floor(inside.length * 0.9));
  expect(rejected).toBeLessThanOrEqual(about.filter(ofNobody).length);
  const videos = inside.filter(({ kind }) => kind === 'video');
  expect(manifest.rejected['payload-type']).toBeGreaterThanOrEqual(videos.length);
  expect(manifest.rejected['transport-auth']).toBeGreaterThan(0);
  expect(manifest.rejected['not-rtp']).toBeGreaterThan(0);
  expect(manifest.rejected['unknown-ssrc']).toBe(0);
  expect(call.all('warning')).toEqual([]);
  expect(call.all('gap')).toEqual([]);
  expect(call.faults).toEqual([]);
});

/** Some packets are sent in another form of the same sound, which the log tells by their size. */
function withOddForms({ hashOf, voiceOf }: Sent): Sent['hashOf'] {
  return (packet) => {
    const { kind, position, userId, payloadBytes } = packet;
    const known = hashOf(packet);
    const voice = VOICES.find((one) => one === voiceOf(userId));
    if (known !== null || kind !== 'speech' || voice === undefined || position === null)
      return known;
    const { packets, preSkip } = loadSpeech(voice);
    const form = endLikeCiphertext(packets[(position + preSkip) / 960] ?? new Uint8Array());
    return form.byteLength === payloadBytes ? sha256(form) : null;
  };
}
