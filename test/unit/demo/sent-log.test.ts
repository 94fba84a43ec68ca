import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SentLog } from '../../../main/demo/sent-log.ts';
import type { PacketLine } from '../../../main/demo/sent-log.ts';

const packet: PacketLine = {
  event: 'packet',
  to: '1',
  userId: '2',
  ssrc: 3,
  sequence: 4,
  timestamp: 5,
  position: 6,
  kind: 'speech',
  fate: 'sent',
  paddingBytes: 0,
  payloadBytes: 7,
  epoch: 8,
  group: 9,
};

describe('sent log', () => {
  test('any line but a packet’s takes the packets before it to disk at once', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sent-log-'));
    const log = new SentLog(path.join(folder, 'sent.jsonl'));
    onTestFinished(() => {
      log.close();
      rmSync(folder, { recursive: true });
    });
    log.write(packet);
    expect(readFileSync(log.file, 'utf8')).toBe('');
    log.write({ event: 'voice', message: 'session ended' });
    const events = readFileSync(log.file, 'utf8').trim().split('\n');
    expect(events.map((line): unknown => JSON.parse(line))).toMatchObject([
      packet,
      { event: 'voice', message: 'session ended' },
    ]);
  });
});
