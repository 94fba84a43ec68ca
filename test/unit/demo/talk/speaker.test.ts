import { describe, expect, test } from 'vitest';
import { parseOpusPacket } from '../../../../main/audio/opus-packet.ts';
import { OpusDecoder } from '../../../../main/audio/opus-decoder.ts';
import { SeededRandom } from '../../../../main/base/seeded-random.ts';
import { Speaker, endLikeCiphertext } from '../../../../main/demo/talk/speaker.ts';
import type { SpeakerOptions } from '../../../../main/demo/talk/speaker.ts';
import { loadSpeech, withoutPauses } from '../../../../main/demo/talk/speech-source.ts';
import { plainFrame } from '../../../../main/demo/voice/spoken-packet.ts';
import type { SpokenPacket } from '../../../../main/demo/voice/spoken-packet.ts';

/** A speech of 30 frames, with talk in frames 2 to 4 and 20; each packet holds its own number. */
const source = {
  name: 'test',
  packets: Array.from({ length: 30 }, (_, index) => Uint8Array.of(0x78, index)),
  talks: Array.from({ length: 30 }, (_, index) => (index >= 2 && index <= 4) || index === 20),
  positions: Array.from({ length: 30 }, (_, index) => index * 960 - 312),
  preSkip: 312,
};

function speak(frames: number, options: Partial<SpeakerOptions> = {}): SpokenPacket[] {
  const speaker = new Speaker({
    userId: '1',
    channelId: '2',
    source,
    offsetFrames: 0,
    ssrc: 7,
    random: new SeededRandom(3),
    clock: 'running',
    paddingRatio: 0,
    paddingBursts: false,
    oddForms: false,
    counts: 'on',
    driftPpm: 0,
    seal: plainFrame,
    ...options,
  });
  return Array.from({ length: frames }, (_, index) => speaker.frame(index)).flat();
}

const steps = (packets: readonly SpokenPacket[]): number[] =>
  packets.slice(1).map(({ fields }, index) => {
    const before = packets[index]?.fields.timestamp ?? 0;
    return ((fields.timestamp - before + 2 ** 32) % 2 ** 32) / 960;
  });

describe('speaker', () => {
  test('sends where it talks, then five silence frames, then nothing', () => {
    const packets = speak(30);
    expect(packets.map(({ kind }) => kind).join(' ')).toBe(
      'speech speech speech silence silence silence silence silence ' +
        'speech silence silence silence silence silence',
    );
  });

  test('some sound bots count anew with every talkspurt', () => {
    const counted = speak(30, { counts: 'anew', clock: 'frozen' }).map(({ fields }) => fields);
    const each = [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5];
    expect(counted.map(({ sequence }) => sequence)).toEqual(each);
    expect(counted.map(({ timestamp }) => timestamp)).toEqual(each.map((at) => at * 960));
  });

  test('an official client’s clock runs on through silence, its sequence numbers do not', () => {
    const packets = speak(30);
    expect(steps(packets)).toEqual([1, 1, 1, 1, 1, 1, 1, 11, 1, 1, 1, 1, 1]);
    const first = packets[0]?.fields.sequence ?? 0;
    expect(packets.map(({ fields }) => (fields.sequence - first + 65536) % 65536)).toEqual(
      packets.map((_, index) => index),
    );
  });

  test('a bot’s clock stands still in silence', () => {
    expect(new Set(steps(speak(30, { clock: 'frozen' })))).toEqual(new Set([1]));
  });

  test('positions are those of the decoded file, the pre-skip cut, and start again with the loop', () => {
    const positions = speak(60).flatMap(({ position }) => position ?? []);
    const once = [2, 3, 4, 20].map((frame) => frame * 960 - 312);
    expect(positions).toEqual([...once, ...once]);
  });

  test('without pauses, talks and loops without an end, and each position is that of its own packet', () => {
    const packets = speak(6, { source: withoutPauses(source) });
    expect(packets.map(({ kind }) => kind)).toEqual(Array<string>(6).fill('speech'));
    const frames = [2, 3, 4, 20, 2, 3];
    expect(packets.map(({ position }) => position)).toEqual(frames.map((at) => at * 960 - 312));
    expect(packets.map(({ payload }) => payload[1])).toEqual(frames);
  });

  test('sequence numbers and timestamps wrap at 16 and 32 bits', () => {
    const always = { ...source, talks: source.talks.map(() => true) };
    const packets = speak(70_000, { source: always });
    const sequences = packets.map(({ fields }) => fields.sequence);
    expect(Math.max(...sequences.slice(0, 66_000))).toBe(65535);
    expect(Math.min(...sequences.slice(0, 66_000))).toBe(0);
    const far = speak(30, { random: new SeededRandom(3) });
    expect(far.every(({ fields }) => fields.timestamp >= 0 && fields.timestamp < 2 ** 32)).toBe(
      true,
    );
  });

  test('the share of packets that was asked for has padding', () => {
    const always = { ...source, talks: source.talks.map(() => true) };
    const packets = speak(5000, { source: always, paddingRatio: 0.1 });
    const padded = packets.filter(({ fields }) => fields.paddingBytes !== undefined).length;
    expect(padded / 5000).toBeGreaterThan(0.08);
    expect(padded / 5000).toBeLessThan(0.12);
  });
});

describe('odd forms', () => {
  test('a packet that ends in FA FA is valid Opus and decodes to the same samples', () => {
    const said = loadSpeech('maya');
    const spoken = said.packets.slice(40, 90);
    const [plain, odd] = [new OpusDecoder(), new OpusDecoder()];
    for (const packet of spoken) {
      const marked = endLikeCiphertext(packet);
      expect([...marked.subarray(-2)]).toEqual([0xfa, 0xfa]);
      expect(parseOpusPacket(marked)?.durationSamples).toBe(960);
      expect(odd.decode(marked)).toEqual(plain.decode(packet));
    }
  });
});

describe('demo speech', () => {
  test.each(['maya', 'theo', 'priya', 'callum', 'beep'] as const)(
    '%s has valid Opus packets only',
    (voice) => {
      const { packets, talks, preSkip } = loadSpeech(voice);
      expect(packets.every((packet) => parseOpusPacket(packet)?.durationSamples === 960)).toBe(
        true,
      );
      expect(talks).toHaveLength(packets.length);
      expect(preSkip).toBe(312);
    },
  );

  test('the four voices share one clock, and each speaks twice within the first 8 s after the beginning', () => {
    const voices = (['maya', 'theo', 'priya', 'callum'] as const).map((voice) => loadSpeech(voice));
    expect(new Set(voices.map(({ packets }) => packets.length)).size).toBe(1);
    for (const { talks } of voices) {
      const starts = talks.slice(0, 500).filter((talk, at) => talk && talks[at - 1] !== true);
      expect(talks.slice(0, 300)).toContain(true);
      expect(starts.length).toBeGreaterThanOrEqual(2);
    }
  });
});
