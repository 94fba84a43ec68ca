import { describe, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { checkTracks } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

const ENDINGS = [
  {
    name: 'kicked',
    reason: 'kicked',
    happens: ({ demo }: Call) => {
      demo.control.kick();
    },
  },
  {
    name: 'thrown out of the server',
    reason: 'kicked',
    happens: ({ demo }: Call) => {
      demo.setting.world.removeMember(demo.guildId, demo.setting.bot.userId);
    },
  },
  {
    name: 'the channel is deleted',
    reason: 'channel-deleted',
    happens: ({ demo, channelId }: Call) => {
      demo.control.deleteChannel(channelId);
    },
  },
  {
    name: 'the call is ended (4022)',
    reason: 'call-ended',
    happens: ({ demo }: Call) => {
      demo.control.closeVoice(4022);
    },
  },
  {
    name: 'end-to-end encryption is demanded (4017)',
    reason: 'rejected',
    happens: ({ demo }: Call) => {
      demo.control.closeVoice(4017);
    },
  },
  {
    name: 'too many connections (4021)',
    reason: 'rejected',
    happens: ({ demo }: Call) => {
      demo.control.closeVoice(4021);
    },
  },
  {
    name: 'the token is revoked (4004)',
    reason: 'rejected',
    happens: ({ demo }: Call) => {
      demo.control.closeMain(4004);
    },
  },
] as const;

describe.concurrent('a recording ends for good and is closed on disk when', () => {
  test.for(ENDINGS)('$name', async ({ reason, happens }, { expect }) => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 2) });
    const session = await call.record();
    await call.until('both', () => call.all('speaker').length === 2);
    await call.length(session, 1);
    happens(call);
    const stopped = await session.finished;

    expect(stopped).toMatchObject({ event: 'stopped', reason });
    expect(call.events.at(-1)).toEqual(stopped);
    expect(stopped.tracks).toHaveLength(2);
    await call.until('idle', () => call.engine.session.kind === 'idle');
    const manifest = await expectSound(session.folder);
    expect(manifest).toMatchObject({ state: 'complete', reason, samples: stopped.samples });
    for (const { placed, strangers, track } of await checkTracks(
      session.folder,
      await readSent(call.demo),
    )) {
      expect(placed.length).toBeGreaterThan(20);
      expect(placed).toHaveLength(track.packets);
      expect(strangers).toEqual([]);
    }
    expect(await session.stop('user')).toEqual(stopped);
    expect(call.demo.voice.sessions.size).toBe(0);
  });
});
