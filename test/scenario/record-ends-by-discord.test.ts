import { describe, test } from 'vitest';
import { exitCodeOf } from '../../main/cli/exit-code.ts';
import { silentLog } from '../../main/base/log.ts';
import { Engine, parseApiUrl } from '../../main/engine/engine.ts';
import { failureOf, refusalProblem } from '../../main/engine/error-code.ts';
import type { StopReason } from '../../main/session/session-event.ts';
import type { ErrorCode } from '../../preload/contract/error-codes.ts';
import { Call, TALKERS } from '../support/call.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { checkTracks, readManifestOf } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

/** The recording has to be closed within this time. */
const MOST_MS = 20_000;

interface Ending {
  readonly name: string;
  readonly reason: StopReason;
  /** The problem that a person is told, where the reason alone does not say it. */
  readonly refusal?: ErrorCode;
  readonly happens: (call: Call) => void;
  /** What happens next. */
  readonly follows?: (call: Call) => Promise<void>;
}

/** Close codes of the main gateway that end it for good. */
function mainClosedWith(code: number, refusal: ErrorCode): Ending {
  const name = `the main gateway closes with ${String(code)}`;
  return { name, reason: 'rejected', refusal, happens: ({ demo }) => demo.control.closeMain(code) };
}

function voiceClosedWith(code: number, refusal: ErrorCode): Ending {
  const name = `the voice gateway closes with ${String(code)}`;
  return {
    name,
    reason: 'rejected',
    refusal,
    happens: ({ demo }) => demo.control.closeVoice(code),
  };
}

/** Every fresh join ends with that close code. */
function voiceSendsAway(code: number, reason: StopReason): Ending {
  return {
    name: `the voice gateway closes with 4006, and every fresh join with ${String(code)}`,
    reason,
    happens({ demo }) {
      demo.voice.refusesWith = code;
      demo.control.closeVoice(4006);
    },
  };
}

/** Close codes after which one fresh join is tried. */
function voiceRefuses(code: number): Ending {
  return {
    name: `the voice gateway closes with ${String(code)}, and refuses the fresh join too`,
    reason: 'rejected',
    refusal: 'voice-refused',
    happens({ demo }) {
      demo.voice.refusesWith = code;
      demo.control.closeVoice(code);
    },
  };
}

const ENDINGS: readonly Ending[] = [
  { name: 'kicked', reason: 'kicked', happens: ({ demo }) => demo.control.kick() },
  {
    name: 'kicked, and the voice socket is not told',
    reason: 'kicked',
    happens({ demo: { setting, guildId } }) {
      const seat = setting.world.voiceState(guildId, setting.bot.userId);
      if (seat !== undefined) setting.world.setVoiceState({ ...seat, channelId: null });
    },
  },
  {
    name: 'thrown out of the server',
    reason: 'kicked',
    happens: ({ demo }) => demo.setting.world.removeMember(demo.guildId, demo.setting.bot.userId),
  },
  {
    name: 'the channel is deleted',
    reason: 'channel-deleted',
    happens: ({ demo, channelId }) => demo.control.deleteChannel(channelId),
  },
  {
    name: 'the call is ended (4022)',
    reason: 'call-ended',
    happens: ({ demo }) => demo.control.closeVoice(4022),
  },
  mainClosedWith(4004, 'session-rejected'),
  ...[4010, 4011, 4012, 4013, 4014].map((code) => mainClosedWith(code, 'bot-refused')),
  voiceClosedWith(4012, 'voice-refused'),
  voiceClosedWith(4016, 'no-transport-mode'),
  voiceClosedWith(4017, 'e2ee-unavailable'),
  voiceClosedWith(4021, 'reconnect-limited'),
  ...[4001, 4002, 4003, 4004, 4020].map(voiceRefuses),
  voiceSendsAway(4014, 'kicked'),
  voiceSendsAway(4022, 'call-ended'),
  {
    name: 'the voice gateway closes with 4002, lets the bot in, and closes with it again',
    reason: 'rejected',
    refusal: 'voice-refused',
    happens: ({ demo }) => demo.control.closeVoice(4002),
    async follows(call) {
      await call.event('gap');
      call.demo.control.closeVoice(4002);
    },
  },
];

describe.concurrent('a recording ends for good and is closed on disk when', () => {
  test.for(ENDINGS)('$name', async ({ reason, refusal, happens, follows }, { expect }) => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 2) });
    const session = await call.record();
    await call.until('both', () => {
      const { speakers } = session.view();
      return speakers.length === 2 && speakers.every(({ counts }) => counts.packets > 25);
    });
    const fromMs = performance.now();
    happens(call);
    await follows?.(call);
    const stopped = await session.finished;
    expect(performance.now() - fromMs).toBeLessThan(MOST_MS);

    expect(stopped).toMatchObject({ event: 'stopped', reason });
    const failure = failureOf(stopped.reason);
    expect(failure === null ? 0 : exitCodeOf(failure)).toBe(5);
    expect(refusalProblem(session.view().refusal)?.code).toBe(refusal);
    expect(call.events.at(-1)).toEqual(stopped);
    expect(stopped.tracks).toHaveLength(2);
    await call.until('idle', () => call.engine.session.kind === 'idle');
    expect(await session.stop('user')).toEqual(stopped);
    expect(call.demo.voice.sessions.size).toBe(0);
    const manifest = await readManifestOf(session.folder);
    expect(manifest).toMatchObject({ state: 'complete', reason, samples: stopped.samples });
    expect(await verifyRecording(session.folder)).toMatchObject({ ok: true, findings: [] });
    if (refusal !== undefined) return; // the tracks are checked for one kind of end only
    await expectSound(session.folder);
    for (const { placed, strangers, track } of await checkTracks(
      session.folder,
      await readSent(call.demo),
    )) {
      expect(placed.length).toBeGreaterThan(20);
      expect(placed).toHaveLength(track.packets);
      expect(strangers).toEqual([]);
    }
  });

  test('another program with the same token joins; the recording ends and does not join again', async ({
    expect,
  }) => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 1) });
    const { demo } = call;
    const session = await call.record();
    await call.event('speaker');
    await using other = new Engine({
      libraryFolder: `${call.library}/other`,
      appVersion: '0.0.0',
      log: silentLog,
    });
    await other.signIn({ token: demo.token, apiUrl: parseApiUrl(demo.apiUrl) });
    // That program joins without looking whether the seat is free, as Tapedeck would.
    const [theirs] = demo.gateway.sessionsOf(demo.setting.bot.userId).slice(-1);
    if (theirs === undefined) return expect.unreachable();
    demo.joins.request(theirs, {
      guild_id: demo.guildId,
      channel_id: call.channelId,
      self_mute: true,
      self_deaf: false,
    });
    expect(await session.finished).toMatchObject({ reason: 'kicked' });
    expect(call.all('warning').map(({ code }) => code)).toContain('running-elsewhere');
    await expectSound(session.folder);
    const seat = demo.setting.world.voiceState(demo.guildId, demo.setting.bot.userId);
    expect(seat).toMatchObject({ channelId: call.channelId, sessionId: theirs.id });
  });
});
