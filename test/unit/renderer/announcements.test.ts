import { describe, expect, onTestFinished, test } from 'vitest';
import type { SessionEvent, UntimedSessionEvent } from '../../../main/session/session-event.ts';
import type { GapSnapshot } from '../../../preload/contract/snapshot.ts';
import { announceSession } from '../../../renderer/app/announcements.ts';
import { connect } from '../../../renderer/bridge/connection.ts';
import { Announcer } from '../../../renderer/ui/announcer.tsx';
import { encrypted } from '../../support/fake-bridge/encryption.ts';
import { FakeBridge } from '../../support/fake-bridge/fake-bridge.ts';
import { scene, type SceneName } from '../../support/fake-bridge/scenes.ts';

type Step = (bridge: FakeBridge) => unknown;

/** The announcements of each step, for a window that was opened in the state `scene`. */
async function said(
  steps: readonly Step[],
  name: SceneName = 'live',
): Promise<readonly (string | null)[]> {
  const bridge = new FakeBridge(name);
  const connection = connect(bridge);
  const announcer = new Announcer();
  onTestFinished(announceSession(connection, announcer));
  const told: (string | null)[] = [];
  for (const step of steps) {
    await step(bridge);
    told.push(announcer.take('alert') ?? announcer.take('polite'));
  }
  return told;
}

const nothing: Step = (bridge) => {
  bridge.changeSession({ bytesWritten: 1 });
};

const gap = (reason: GapSnapshot['reason'], seconds: number): UntimedSessionEvent => ({
  event: 'gap',
  reason,
  fromSamples: 48_000,
  toSamples: (1 + seconds) * 48_000,
});

const left = (name: string): UntimedSessionEvent => ({ event: 'left', userId: '1', name });

describe('screen readers are told', () => {
  test('nothing of what happened before the window opened', async () => {
    expect(await said([nothing], 'code-changed')).toEqual([null]);
    expect(await said([nothing], 'undecryptable')).toEqual([null]);
    expect(await said([nothing], 'trouble')).toEqual([null]);
  });

  test('once that the bot is deafened, and once that it no longer is', async () => {
    const hear = (deafened: boolean): Step => {
      return (bridge) => {
        bridge.changeSession({ deafened });
      };
    };
    expect(await said([hear(true), nothing, hear(false), nothing])).toEqual([
      'Someone deafened the bot. Nothing can be heard.',
      null,
      'The bot hears again.',
      null,
    ]);
  });

  test('when the recording begins, who is there, and that the bot is deafened', async () => {
    const { session } = scene('live').snapshot;
    const start = (deafened: boolean): Step => {
      return (bridge) => {
        const began = { kind: 'began', number: 0, atMs: Date.now(), samples: 0 } as const;
        if (session.kind === 'recording')
          bridge.change({ session: { ...session, deafened, news: [began] } });
      };
    };
    const everyone = 'Recording Session Zero. 4 people. Everyone was told.';
    expect(await said([start(false), start(false)], 'joining')).toEqual([everyone, null]);
    expect(await said([start(true)], 'joining')).toEqual([
      `${everyone} Someone deafened the bot. Nothing can be heard.`,
    ]);
  });

  test.each([
    ['sleep', 'This computer slept, 7 seconds missing.'],
    ['network', 'Nothing arrived for 7 seconds.'],
  ] as const)('once of a gap by %s, when it is over', async (reason, sentence) => {
    const end: Step = (bridge) => {
      bridge.changeSession({}, gap(reason, 7));
    };
    expect(await said([end, nothing])).toEqual([sentence, null]);
  });

  test('of a move without its gap', async () => {
    const end: Step = (bridge) => {
      bridge.changeSession({}, gap('channel-move', 7));
    };
    expect(await said([end])).toEqual([null]);
  });

  test('that the connection is lost, once for all retries, and that it is back', async () => {
    const retry = (attempt: number): Step => {
      return (bridge) => {
        const connection = { kind: 'retrying', sinceMs: 0, fromSamples: 0, attempt } as const;
        bridge.changeSession({ connection });
      };
    };
    const back: Step = (bridge) => {
      bridge.changeSession({ connection: { kind: 'good' } }, gap('reconnect', 7));
    };
    expect(await said([retry(1), retry(2), back, nothing])).toEqual([
      'Connection lost. Recording waits.',
      null,
      'Connected again, 7 seconds missing.',
      null,
    ]);
  });

  test('that it paused and goes on, and of a marker by its time', async () => {
    const press = (name: 'session.pause' | 'session.resume' | 'session.mark'): Step => {
      return (bridge) => bridge.invoke(name, {});
    };
    expect(
      await said([press('session.pause'), press('session.resume'), press('session.mark'), nothing]),
    ).toEqual(['Paused.', 'Recording goes on.', 'Marker at 42 minutes 17.', null]);
  });

  test('when the first person cannot be decrypted, and not again until everyone can', async () => {
    const lose = (...lanes: readonly number[]): Step => {
      return (bridge) => {
        bridge.loseKeys(...lanes);
      };
    };
    const told = await said([lose(0), lose(0, 1), lose(), lose(1)]);
    expect(told.map((one) => one?.replaceAll(/[\u2068\u2069]/g, '').split(' ')[0] ?? null)).toEqual(
      ['Mara’s', null, null, 'Okke'],
    );
  });

  test('of a changed code once, and not again within its ten seconds', async () => {
    const change: Step = (bridge) => {
      const changed = codeOf(String(bridge.calls.length));
      bridge.changeSession({ encryption: encrypted(0) }, changed);
      bridge.calls.push({ name: 'window.ready', input: {} });
    };
    expect(await said([change, change])).toEqual([
      'The privacy code changed. Recording goes on.',
      null,
    ]);
  });

  test('in one message of what happens at the same time', async () => {
    const sleepDeaf: Step = (bridge) => {
      bridge.changeSession({ deafened: true }, gap('sleep', 7));
    };
    const comeAndGo: Step = (bridge) => {
      bridge.changeSession({ peopleCount: 4 }, left('Okke'), left('Bo'));
    };
    expect(await said([sleepDeaf, comeAndGo])).toEqual([
      'This computer slept, 7 seconds missing. Someone deafened the bot. Nothing can be heard.',
      'Okke and Bo left. 4 people.',
    ]);
  });

  test('how long a recording is that was stopped, or why it ended by itself', async () => {
    const end = (code: 'kicked' | null): Step => {
      return (bridge) => {
        const problem = code === null ? null : { code, details: {} };
        const ended = { recordingId: 'live', samples: 90 * 48_000 };
        bridge.change({ session: { kind: 'idle', problem, ended } });
      };
    };
    expect(await said([end(null), end(null)])).toEqual(['Stopped. 1 minute 30, saved.', null]);
    expect(await said([end('kicked')])).toEqual([
      expect.stringMatching(/removed from the channel/),
    ]);
  });
});

function codeOf(digits: string): Omit<SessionEvent<'e2ee'>, 'at'> {
  return { event: 'e2ee', version: 1, epoch: 1, privacyCode: digits.padStart(30, '0') };
}
