import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../main/base/log.ts';
import { sleep } from '../../main/base/wait.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import { Engine, parseApiUrl } from '../../main/engine/engine.ts';
import { FlightRecorder } from '../../main/flight/flight-recorder.ts';
import { makeReport } from '../../main/flight/report.ts';
import { flightLines, type FlightLine } from '../support/flight.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { SEEDED_FAULTS } from '../support/seeded-faults.ts';

/** A folder for all ten reports; without one only the quickest cases are run. */
const FOLDER = process.env['SEEDED_REPORTS'];

/** A recording of that length shows what comes after joining. */
const RECORD_MS = 15_000;

/** The report of a program that tried to record a call which goes wrong. */
async function reportOf(name: string): Promise<string> {
  const fault = SEEDED_FAULTS.find((one) => one.name === name);
  if (fault === undefined) throw new Error(`no such case: ${name}`);
  const [logs, library] = [await scratchFolder(), await scratchFolder()];
  await using demo = await startDemoServer({ speakers: 2, timing: fault.timing ?? {} });
  const flight = new FlightRecorder(logs, '0.1.0');
  const log = createLog('error', () => undefined, 'tapedeck', flight);
  const engine = new Engine({ libraryFolder: library, appVersion: '0.1.0', log });
  fault.seed(demo);
  try {
    await engine.signIn({ token: demo.token, apiUrl: parseApiUrl(demo.apiUrl) });
    const request = {
      channelId: demo.channelId,
      notice: 'none',
      onEvent: () => undefined,
    } as const;
    const session = await engine.record(request);
    await Promise.race([session.finished, sleep(RECORD_MS)]);
  } catch {
    // The report tells what went wrong.
  } finally {
    await engine.close();
    await flight.close();
  }
  return await makeReport({ logs, homeFolder: '/home/nobody', libraryFolder: library });
}

function failureIn(report: string): FlightLine | undefined {
  return flightLines(report).find(({ kind }) => kind === 'failure');
}

describe.runIf(FOLDER === undefined)('a report alone tells', () => {
  test('that something between Discord and us answers with a page of its own', async () => {
    const report = await reportOf('case-02');
    expect(failureIn(report)).toMatchObject({ code: 'discord-blocked', step: 'gateway-address' });
    const answer = flightLines(report).find(({ kind }) => kind === 'rest');
    expect(answer).toMatchObject({ status: 403, template: '/gateway/bot' });
    expect(answer?.['begins']).toContain('Cloudflare');
  });

  test('that the voice server asks for an encryption that we do not have', async () => {
    const report = await reportOf('case-07');
    expect(failureIn(report)).toMatchObject({ step: 'voice-ready', came: 'voice-end 4017' });
  });
});

describe.skipIf(FOLDER === undefined)('reports for somebody who does not know the faults', () => {
  test.each(SEEDED_FAULTS)('$name', { timeout: 120_000 }, async ({ name }) => {
    const report = await reportOf(name);
    await mkdir(FOLDER ?? '', { recursive: true });
    await writeFile(path.join(FOLDER ?? '', `${name}.jsonl`), report);
    expect(report).toContain('"report":"tapedeck"');
  });
});
