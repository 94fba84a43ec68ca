import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../main/session/session.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';

const OUT_MS = 600_000;

/** The longest pause between two joins, and the time of a join. */
const BACK_MS = 150_000;

interface Outage {
  readonly name: string;
  readonly begins: (call: Call) => void;
  readonly ends?: (call: Call) => void;
  /** How long packets may still arrive: 0 when absent. */
  readonly soundsForMs?: number;
}

function refusing(code: number): Outage {
  return {
    name: `a voice server that refuses with ${String(code)}`,
    begins({ demo }) {
      demo.voice.refusesWith = code;
      demo.control.closeVoice(4006);
    },
    ends({ demo }) {
      demo.voice.refusesWith = null;
    },
  };
}

const OUTAGES: readonly Outage[] = [
  { name: 'a network that is silent', begins: ({ demo }) => demo.network.fail('silent') },
  { name: 'a network that refuses', begins: ({ demo }) => demo.network.fail('refuses') },
  {
    name: 'a main gateway that is silent',
    begins: ({ demo }) => demo.network.fail('silent', ['main']),
    soundsForMs: 100_000, // until Discord ends our session, and our voice state with it
  },
  {
    name: 'a main gateway that refuses',
    begins: ({ demo }) => demo.network.fail('refuses', ['main']),
    soundsForMs: 100_000,
  },
  {
    name: 'a voice gateway that is silent',
    begins: ({ demo }) => demo.network.fail('silent', ['voice']),
    soundsForMs: 60_000, // until two heartbeats are unanswered
  },
  {
    name: 'a voice gateway that refuses',
    begins: ({ demo }) => demo.network.fail('refuses', ['voice']),
    soundsForMs: 1_500, // the pauses between three attempts to resume
  },
  { name: 'no UDP', begins: ({ demo }) => demo.network.fail('silent', ['media']) },
  {
    name: 'joins that are not answered',
    begins({ demo }) {
      demo.joins.answers = false;
      demo.control.closeVoice(4006);
    },
    ends({ demo }) {
      demo.joins.answers = true;
    },
  },
  {
    name: 'no voice server (endpoint: null)',
    begins({ demo }) {
      demo.control.replaceVoiceServer(OUT_MS);
      demo.joins.answers = false;
    },
    ends({ demo }) {
      demo.joins.answers = true;
    },
  },
  refusing(4006),
  refusing(4015),
  {
    name: 'a main gateway that opens no session (op 9)',
    begins({ demo }) {
      demo.gateway.opensSessions = false;
      demo.control.invalidateSessions('final');
    },
    ends({ demo }) {
      demo.gateway.opensSessions = true;
    },
  },
  {
    name: 'a REST that is in trouble (503) and a session that timed out (4009)',
    begins({ demo }) {
      demo.rest.plan({
        method: 'GET',
        path: /gateway/,
        times: Infinity,
        answer: { status: 503, body: { message: 'Service Unavailable', code: 0 } },
      });
      demo.control.closeMain(4009);
    },
    ends({ demo }) {
      demo.rest.forgetPlans();
    },
  },
];

interface Run {
  readonly outage: Outage;
  readonly call: Call;
  readonly session: Session;
}

/** Keepalives are echoed every 5 s: the gap begins at the last one, or at the last packet. */
const ECHO_MS = 5_000;

const runs = new Map<string, Run>();
/** State of each recording at the end of its outage. */
const during = new Map<string, { readonly kind: string }>();
/** Length of each recording when its outage began. */
const begunSamples = new Map<string, number>();

// All outages at the same time, so that the ten minutes are simulated once.
beforeAll(async () => {
  using time = new FastTime();
  for (const outage of OUTAGES) {
    const call = await time.during(Call.start({ talkers: TALKERS.slice(0, 1) }));
    const session = await time.during(call.record());
    runs.set(outage.name, { outage, call, session });
  }
  const all = [...runs.values()];
  const packets = (session: Session): number =>
    session.view().speakers.reduce((sum, { counts }) => sum + counts.packets, 0);
  await time.during(
    Promise.all(all.map(({ call, session }) => call.until('sound', () => packets(session) > 50))),
  );
  for (const { outage, call, session } of all) {
    begunSamples.set(outage.name, session.samples);
    outage.begins(call);
  }
  await time.pass(OUT_MS);
  for (const { outage, call } of all) {
    const { kind } = call.engine.session;
    during.set(outage.name, { kind });
    outage.ends?.(call);
    call.demo.network.heal();
  }
  const before = new Map(all.map(({ session }) => [session, packets(session)]));
  const isBack = ({ session }: Run): boolean => packets(session) > (before.get(session) ?? 0) + 50;
  for (let passedMs = 0; passedMs < BACK_MS && !all.every(isBack); passedMs += 1_000)
    await time.pass(1_000);
  for (const { call, session } of all) await time.during(call.stop(session));
}, 600_000);

afterAll(async () => {
  for (const { call } of runs.values()) await call[Symbol.asyncDispose]();
});

describe('ten minutes of', () => {
  test.each(OUTAGES)('$name do not end the recording', async ({ name, soundsForMs = 0 }) => {
    const run = runs.get(name);
    if (run === undefined) return expect.unreachable();
    const { call, session } = run;
    expect(during.get(name)).toMatchObject({ kind: 'recording' });
    const [stopped] = call.all('stopped');
    expect(stopped).toMatchObject({ reason: 'user' });
    const gaps = call.all('gap');
    expect(gaps).toHaveLength(1);
    const beganAt = begunSamples.get(name) ?? NaN;
    const [fromMs, toMs] = gaps.map((gap) => [
      (gap.fromSamples - beganAt) / 48,
      (gap.toSamples - beganAt) / 48,
    ])[0] ?? [NaN, NaN];
    expect(fromMs).toBeGreaterThan(-ECHO_MS - 1_000);
    expect(fromMs).toBeLessThan(soundsForMs + 1_000);
    expect(toMs).toBeGreaterThan(OUT_MS);
    expect(toMs).toBeLessThan(OUT_MS + BACK_MS);
    expect(stopped?.samples).toBeGreaterThan(OUT_MS * 48);
    expect(await verifyRecording(session.folder)).toMatchObject({ ok: true, findings: [] });
    expect(await call.folders()).toHaveLength(1);
    // There were not too many requests meanwhile.
    call.demo.flushLog();
    const log = await readFile(call.demo.sentLog, 'utf8');
    const count = (what: RegExp): number => log.match(what)?.length ?? 0;
    expect(count(/"message":"voice state update"/g)).toBeLessThan(120);
    expect(count(/"event":"gateway"[^\n]*"message":"identified"/g)).toBeLessThan(10);
    expect(count(/"event":"voice"[^\n]*"message":"identified"/g)).toBeLessThan(60);
  });
});
