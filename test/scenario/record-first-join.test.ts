import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../main/cli/exit-code.ts';
import { toProblem } from '../../main/engine/error-code.ts';
import type { ErrorCode } from '../../preload/contract/error-codes.ts';
import { Call } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';

/** A line of the demo server's log: the bot asked to join (op 4 with a channel). */
const JOIN = /"message":"voice state update"[^\n]*"channel_id":"/;

interface Obstacle {
  readonly name: string;
  readonly stands: (call: Call) => void;
  readonly code: ErrorCode;
  readonly exitCode: number;
  /** How often op 4 is sent. */
  readonly joins: number;
}

function refusing(close: number, told: Pick<Obstacle, 'code' | 'exitCode' | 'joins'>): Obstacle {
  const stands = ({ demo }: Call): void => {
    demo.voice.refusesWith = close;
  };
  return { name: `a voice server that refuses with ${String(close)}`, stands, ...told };
}

const tooOften = { code: 'voice-refused', exitCode: 5 } as const;

const OBSTACLES: readonly Obstacle[] = [
  {
    name: 'no answer to op 4',
    stands({ demo }) {
      demo.joins.answers = false;
    },
    code: 'join-timeout',
    exitCode: 4,
    joins: 2,
  },
  {
    name: 'a voice gateway that is not there',
    stands: ({ demo }) => demo.network.fail('refuses', ['voice']),
    code: 'join-timeout',
    exitCode: 4,
    joins: 3,
  },
  {
    name: 'a voice gateway that does not say Hello',
    stands({ demo }) {
      demo.voice.says = 'nothing';
    },
    code: 'join-timeout',
    exitCode: 4,
    joins: 3,
  },
  {
    name: 'no answer to IP discovery',
    stands: ({ demo }) => demo.network.fail('silent', ['media']),
    code: 'udp-unanswered',
    exitCode: 4,
    joins: 2,
  },
  refusing(4006, { ...tooOften, joins: 3 }),
  refusing(4009, { ...tooOften, joins: 3 }),
  refusing(4011, { code: 'join-timeout', exitCode: 4, joins: 3 }),
  refusing(4015, { code: 'join-timeout', exitCode: 4, joins: 3 }),
  ...[4001, 4002, 4003, 4004, 4020].map((code) => refusing(code, { ...tooOften, joins: 2 })),
  refusing(4012, { ...tooOften, joins: 1 }),
  refusing(4014, { code: 'kicked', exitCode: 5, joins: 1 }),
  refusing(4016, { code: 'no-transport-mode', exitCode: 4, joins: 1 }),
  refusing(4017, { code: 'e2ee-unavailable', exitCode: 4, joins: 1 }),
  refusing(4021, { code: 'reconnect-limited', exitCode: 5, joins: 1 }),
  refusing(4022, { code: 'call-ended', exitCode: 5, joins: 1 }),
  {
    name: 'a main gateway that goes away meanwhile',
    stands({ demo }) {
      demo.joins.answers = false;
      const looks = setInterval(() => {
        demo.flushLog();
        if (!JOIN.test(readFileSync(demo.sentLog, 'utf8'))) return;
        clearInterval(looks);
        demo.network.fail('refuses', ['main']);
      }, 100);
    },
    code: 'discord-unreachable',
    exitCode: 5,
    joins: 1,
  },
];

describe('before a recording begins,', () => {
  test.each(OBSTACLES)('$name: told after $joins joins', async (obstacle) => {
    const { stands, code, exitCode, joins } = obstacle;
    using time = new FastTime();
    await using call = await time.during(Call.start({ talkers: [] }));
    stands(call);
    const problem = await time.during(call.record().then(() => null, toProblem));
    expect(problem?.code).toBe(code);
    expect(exitCodeOf(code)).toBe(exitCode);
    expect(call.engine.session).toEqual({ kind: 'idle' });
    expect(await call.folders()).toEqual([]);
    call.demo.flushLog();
    const log = await readFile(call.demo.sentLog, 'utf8');
    expect(log.split('\n').filter((line) => JOIN.test(line))).toHaveLength(joins);
  });

  test('the first join that succeeds begins the recording', async () => {
    using time = new FastTime();
    await using call = await time.during(Call.start({ talkers: [] }));
    const { demo } = call;
    demo.voice.refusesWith = 4006;
    const joining = call.record();
    await time.pass(1_000);
    demo.voice.refusesWith = null;
    const session = await time.during(joining);
    expect(await time.during(session.stop('user'))).toMatchObject({ reason: 'user' });
  });
});
