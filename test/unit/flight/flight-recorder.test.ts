import { describe, expect, test } from 'vitest';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FlightRecorder } from '../../../main/flight/flight-recorder.ts';
import { flightLines, flightText } from '../../support/flight.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

const SSRC = 0x00c0ffee;

/** A datagram of RTP with an Opus payload of that many bytes. */
function rtp(sequence: number, payloadBytes = 40): Uint8Array {
  const bytes = Buffer.alloc(12 + payloadBytes, 0x55);
  bytes.writeUInt16BE(0x8078, 0);
  bytes.writeUInt16BE(sequence, 2);
  bytes.writeUInt32BE(sequence * 960, 4);
  bytes.writeUInt32BE(SSRC, 8);
  return bytes;
}

describe('flight recorder', () => {
  test('counts packets by SSRC, across the wrap, and keeps their clear headers only', async () => {
    const logs = await scratchFolder();
    const recorder = new FlightRecorder(logs, '1.2.3');
    const frame = { op: 5, message: { kind: 'ssrc-named', ssrc: SSRC, userId: '1' } };
    recorder.note('voice', { way: 'in', frame });
    for (const sequence of [65_534, 65_535, 0, 3]) recorder.datagram(rtp(sequence), 'rtp');
    recorder.packet('transport-auth', rtp(4));
    recorder.packet('transport-opened', Uint8Array.of(0xf8, 0xff, 0xfe));
    recorder.packet('transport-opened', new Uint8Array(8));
    await recorder.close();
    const text = await flightText(logs);
    const lines = flightLines(text);
    expect(lines[0]).toMatchObject({ kind: 'run', app: '1.2.3', node: process.versions.node });
    const counters = lines.find(({ kind }) => kind === 'counters');
    expect(counters).toMatchObject({
      seconds: [{ rtp: 4, payloadTypes: { '120': 4 }, firstBytes: { '80': 4 } }],
      fates: { 'transport-auth': 1, silence: 1, zeros: 1 },
      ssrcs: [{ ssrc: SSRC, packets: 4, lost: 2, padding: 0, named: { op: 5 } }],
    });
    const refused = lines.find(({ kind }) => kind === 'refused');
    expect(refused).toMatchObject({ refused: 'transport', bytes: 52, tail: '55555555' });
    expect(text).not.toContain('5555555555');
  });

  test('a failure tells its step and what came since the step began', async () => {
    const logs = await scratchFolder();
    const recorder = new FlightRecorder(logs, '0.0.0');
    recorder.step({ of: 'gateway', step: 'gateway-ready', awaited: 'READY' });
    recorder.note('gateway', { way: 'in', frame: { op: 0, t: 'READY', s: 1, d: {} } });
    recorder.step({ of: 'gateway', step: 'gateway-ready', awaited: null });
    recorder.step({ of: 'voice', step: 'voice-ready', limitMs: 20_000, awaited: 'op 2' });
    for (let beat = 0; beat < 3; beat += 1)
      recorder.note('voice', { way: 'in', frame: { op: 6, seq: null, message: 'unknown' } });
    const stood = recorder.failure('join-timeout');
    expect(stood).toMatchObject({ step: 'voice-ready', limitMs: 20_000, came: 'voice 6 ×3' });
    await recorder.close();
    const failure = flightLines(await flightText(logs)).find(({ kind }) => kind === 'failure');
    expect(failure).toMatchObject({ code: 'join-timeout', awaited: 'op 2' });
  });

  test('the end of a connection names the last three frames sent', async () => {
    const logs = await scratchFolder();
    const recorder = new FlightRecorder(logs, '0.0.0');
    for (const op of [2, 1, 4, 1]) {
      const text = JSON.stringify({ op, d: null });
      recorder.note('gateway', { way: 'out', chars: text.length, text });
    }
    recorder.note('gateway-end', { kind: 'theirs', code: 4000, text: 'unknown error' });
    await recorder.close();
    const end = flightLines(await flightText(logs)).find(({ kind }) => kind === 'gateway-end');
    expect(end).toMatchObject({ code: 4000, text: 'unknown error' });
    expect(end?.['lastSent']).toMatchObject([{ op: 1 }, { op: 4 }, { op: 1 }]);
  });

  test('a flood is counted, not written', async () => {
    const logs = await scratchFolder();
    const recorder = new FlightRecorder(logs, '0.0.0');
    const frame = { op: 0, t: 'TYPING_START', s: 1, d: {} };
    for (let count = 0; count < 5_000; count += 1) recorder.note('gateway', { way: 'in', frame });
    await recorder.close();
    const lines = flightLines(await flightText(logs));
    expect(lines.length).toBeLessThan(500);
    expect(Number(lines.at(-1)?.['untold'])).toBeGreaterThan(4_000);
  });

  test('nothing that is noted can throw, wherever it is to be written', async () => {
    const logs = await scratchFolder();
    await writeFile(path.join(logs, 'flight'), 'no folder');
    const recorder = new FlightRecorder(logs, '0.0.0');
    const cyclic: Record<string, unknown> = { op: 4 };
    cyclic['d'] = cyclic;
    const throwing = {
      get frame(): never {
        throw new Error('no frame');
      },
    };
    recorder.note('voice', throwing);
    recorder.note('voice', { way: 'out', op: 4, d: cyclic });
    recorder.note('voice-open', { url: 'no address' });
    recorder.note('rest', { method: 1n });
    recorder.datagram(new Uint8Array(0), 'rtp');
    recorder.packet('unopened', new Uint8Array(0));
    expect(recorder.failure('fault')).toMatchObject({ step: null });
    await recorder.close();
    recorder.note('log', { level: 'info' });
    expect(await flightText(logs)).toBe('');
  });
});
