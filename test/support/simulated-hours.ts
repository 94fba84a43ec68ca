import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog, silentLog } from '../../main/base/log.ts';
import type { PersonInfo } from '../../main/discord/voice-state.ts';
import { Recording } from '../../main/recording/recording.ts';
import { NOBODY_LEFT_OUT } from '../../main/session/choices.ts';
import { Recorder } from '../../main/session/recorder.ts';
import { MemoryByPart, type MemoryOfPart } from './memory-by-part.ts';
import { MODE, SimulatedCall } from './simulated-call.ts';
import { readResult, type SimulatedResult } from './simulated-findings.ts';
import { makePlan, type Plan } from './simulated-plan.ts';
import { classifyDatagram } from '../../main/rtp/classify-datagram.ts';
import { SimulatedTime } from './simulated-time.ts';

export interface SimulatedHoursOptions {
  readonly hours: number;
  readonly speakers: number;
  readonly seed: number;
  /** Called after each part, with the number of parts so far. */
  readonly onPart?: (memory: MemoryOfPart, part: number) => void;
}

export interface SimulatedHours extends SimulatedResult {
  /** Memory in each hour, or in each twelfth of a run shorter than twelve hours. */
  readonly memory: readonly MemoryOfPart[];
  /** Most memory held in the last part, divided by that of the first. */
  readonly memoryGrowth: number;
  /** Real time from a packet's datagram to its file's queue, on average. */
  readonly pathMicrosecondsPerPacket: number;
  /** Real time until the recording was closed, generator and disk included. */
  readonly tookMs: number;
}

const STEP_MS = 20;
const LEVELS_EVERY_MS = 10_000;
/** About a minute, and no multiple of the flush's 400 ms, so that memory is read at all times between two flushes. */
const MEMORY_EVERY_MS = 60_140;
const MOST_UNWRITTEN_MS = 1_000;

/**
 * Records a long encrypted call of many speakers in simulated time, from sealed datagrams to closed files: loss,
 * outages, pauses, new voice sessions, people who join and leave. Every packet is accounted for, and the files are read
 * back.
 */
export async function simulateHours(options: SimulatedHoursOptions): Promise<SimulatedHours> {
  const libraryFolder = await mkdtemp(path.join(tmpdir(), 'tapedeck-hours-'));
  const plan = makePlan(options);
  try {
    using call = new SimulatedCall(plan, options);
    const run = new Run(plan, call, options.onPart);
    const startedMs = performance.now();
    const { folder, faults } = await run.record(libraryFolder);
    const tookMs = performance.now() - startedMs;
    const result = await readResult(folder, { plan, call, faults });
    const { parts: memory, growth: memoryGrowth } = run.memory;
    const pathMicrosecondsPerPacket = (run.pathMs / result.sent) * 1000;
    return { ...result, memory, memoryGrowth, pathMicrosecondsPerPacket, tookMs };
  } finally {
    await rm(libraryFolder, { recursive: true, force: true });
  }
}

class Run {
  readonly memory = new MemoryByPart();
  pathMs = 0;
  readonly #plan: Plan;
  readonly #call: SimulatedCall;
  readonly #time: SimulatedTime;
  readonly #onPart: SimulatedHoursOptions['onPart'];
  readonly #faults: string[] = [];
  /** Bytes of speech sent by then, oldest first. */
  readonly #came: { readonly atMs: number; readonly bytes: number }[] = [];

  constructor(plan: Plan, call: SimulatedCall, onPart: SimulatedHoursOptions['onPart']) {
    this.#plan = plan;
    this.#call = call;
    this.#time = new SimulatedTime(call.crowd.clock);
    this.#onPart = onPart;
  }

  async record(
    libraryFolder: string,
  ): Promise<{ readonly folder: string; readonly faults: readonly string[] }> {
    const [call, time, { wholeMs }] = [this.#call, this.#time, this.#plan];
    const recording = await Recording.create({
      libraryFolder,
      place: {
        guild: { id: '100', name: 'Tape Lovers' },
        channel: { id: '200', name: 'Long Talk', kind: 'voice' },
      },
      app: 'tapedeck 0.0.0',
      transport: MODE,
      consent: { none: true },
      log: silentLog,
      clock: time.clock,
      timeZone: 'UTC',
      every: time.every,
      onDiskError: (error) => this.#fault(error.message),
    });
    const recorder = new Recorder({
      recording,
      clock: time.clock,
      log: createLog('error', (_, line) => this.#fault(line)),
      ownId: call.ownId,
      leftOut: { ...NOBODY_LEFT_OUT, asksFirst: false },
      memberName: () => null,
      onEvent: () => undefined,
    });
    const startMs = recording.startedAtMs;
    this.#listen(recorder, startMs);
    recorder.begin({
      guildId: '100',
      channelId: '200',
      people: call.people.map(({ userId }) => personOf(userId)),
      mode: MODE,
      daveVersion: 1,
      voice: call.connect(),
      notices: [],
      toldAt: new Map(),
    });
    const partMs = Math.min(3_600_000, wholeMs / 12);
    let nextMemoryMs = MEMORY_EVERY_MS;
    for (let nowMs = STEP_MS; nowMs <= wholeMs; nowMs += STEP_MS) {
      call.step(nowMs - STEP_MS, nowMs);
      time.set(startMs + nowMs);
      this.#timed(() => recorder.tick());
      if (nowMs < wholeMs) this.#passEdges(recorder, nowMs);
      if (await time.work()) this.#checkWritten(recording, nowMs);
      if (nowMs % LEVELS_EVERY_MS === 0) recorder.levels();
      if (nowMs >= nextMemoryMs || nowMs % partMs === 0) {
        this.#sample(nowMs, partMs);
        nextMemoryMs += MEMORY_EVERY_MS;
      }
    }
    call.disconnect();
    await recorder.close('user', recorder.samples);
    return { folder: recorder.folder, faults: this.#faults };
  }

  #listen(recorder: Recorder, startMs: number): void {
    this.#call.listen({
      datagram: (bytes, atMs) => {
        this.#time.set(startMs + atMs);
        const kind = classifyDatagram(bytes);
        if (kind !== 'rtp' && kind !== 'unknown') throw new Error(`a simulated ${kind}`);
        this.#timed(() => recorder.media.receive(bytes, kind, startMs + atMs));
      },
      name: (ssrc, userId) => recorder.media.name(ssrc, userId),
      keysChanged: () => recorder.media.keysChanged(this.#time.clock.monotonicMs()),
      e2ee: (state) => recorder.encrypted(state),
      arrived: (userId) => recorder.arrived(personOf(userId)),
      left: (userId) => recorder.left(userId),
      disconnected: (userId) => recorder.media.left(userId),
    });
  }

  /** Does what the plan says for that moment. */
  #passEdges(recorder: Recorder, nowMs: number): void {
    for (const { kind, fromMs, toMs } of this.#plan.stretches) {
      if (kind === 'pause' && fromMs === nowMs) recorder.pause();
      if (kind === 'pause' && toMs === nowMs) recorder.resume();
      if (kind === 'break' && fromMs === nowMs) {
        recorder.lost(null);
        this.#call.disconnect();
      }
      if (kind === 'break' && toMs === nowMs)
        recorder.reconnected(this.#call.connect(), 'server-move', this.#time.clock.monotonicMs());
    }
    if (this.#plan.markersMs.includes(nowMs)) recorder.mark(`at ${String(recorder.samples)}`);
  }

  /** A crash may cost 1 s at most: all speech sent more than 1 s ago must be in the files after a flush. */
  #checkWritten(recording: Recording, nowMs: number): void {
    const bytes = this.#call.people.reduce((sum, { tally }) => sum + tally.speechBytes, 0);
    this.#came.push({ atMs: nowMs, bytes });
    while ((this.#came[1]?.atMs ?? Infinity) <= nowMs - MOST_UNWRITTEN_MS) this.#came.shift();
    const [oldest] = this.#came;
    if (oldest === undefined || oldest.atMs > nowMs - MOST_UNWRITTEN_MS) return;
    const missing = oldest.bytes - recording.bytesWritten;
    if (missing > 0)
      this.#fault(`${String(missing)} bytes wait for the disk at ${String(nowMs)} ms`);
  }

  #sample(nowMs: number, partMs: number): void {
    const part = Math.ceil(nowMs / partMs) - 1;
    this.memory.sample(part);
    const memory = this.memory.parts[part];
    if (nowMs % partMs === 0 && memory !== undefined) this.#onPart?.(memory, part + 1);
  }

  #timed(work: () => void): void {
    const beganMs = performance.now();
    work();
    this.pathMs += performance.now() - beganMs;
  }

  #fault(message: string): void {
    if (this.#faults.length < 100) this.#faults.push(message);
  }
}

function personOf(userId: string): PersonInfo {
  const name = `Speaker ${userId.slice(-3)}`;
  return {
    userId,
    name,
    bot: false,
    muted: false,
    deafened: false,
    sessionId: 'a',
    hasCamera: false,
  };
}
