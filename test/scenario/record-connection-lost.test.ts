import { readFile } from 'node:fs/promises';
import { describe, test } from 'vitest';
import type { Session } from '../../main/session/session.ts';
import { Call, TALKERS, type Window } from '../support/call.ts';
import { checkTracks, missingOutside } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

interface Loss {
  readonly name: string;
  readonly reason: string;
  readonly happens: (call: Call) => void;
  /** For a loss without a gap: whether it shows at this moment. */
  readonly shows?: (call: Call, session: Session) => boolean;
}

/** Voice close codes that ask for a fresh join. */
function voiceClosedWith(code: number): Loss {
  return {
    name: `a voice session that is closed with ${String(code)}`,
    reason: 'reconnect',
    happens: ({ demo }) => demo.control.closeVoice(code),
  };
}

const mainRetries = ({ engine: { account } }: Call): boolean =>
  account.kind === 'signed-in' && account.connection === 'retrying';
const voiceResumes = (_call: Call, session: Session): boolean => session.view().retrying !== null;
const guildIsOut = ({ engine }: Call): boolean =>
  engine.guilds().some(({ available }) => !available);

const LOSSES: readonly Loss[] = [
  ...[4004, 4006, 4009, 4011, 4999].map(voiceClosedWith),
  {
    name: 'a voice session that is forgotten, so that resuming fails',
    reason: 'reconnect',
    happens: ({ demo }) => demo.control.forgetVoiceSessions(),
  },
  {
    name: 'another voice server after 700 ms without one',
    reason: 'server-move',
    happens: ({ demo }) => demo.control.replaceVoiceServer(700),
  },
  {
    name: 'a main session that is lost (op 9)',
    reason: 'reconnect',
    happens: ({ demo }) => demo.control.invalidateSessions('final'),
  },
  {
    name: 'a main socket that breaks',
    reason: 'none',
    happens: ({ demo }) => demo.control.cutMain(),
    shows: mainRetries,
  },
  {
    name: 'being asked to reconnect (op 7)',
    reason: 'none',
    happens: ({ demo }) => demo.control.askToReconnect(),
    shows: mainRetries,
  },
  {
    name: 'a main session that is closed with 4000',
    reason: 'none',
    happens: ({ demo }) => demo.control.closeMain(4000),
    shows: mainRetries,
  },
  ...[1001, 4013, 4015].map((code): Loss => {
    const happens = ({ demo }: Call): void => demo.control.closeVoice(code);
    const name = `a voice socket that is closed with ${String(code)}`;
    return { name, reason: 'none', happens, shows: voiceResumes };
  }),
  {
    name: 'an outage of the server (GUILD_DELETE with unavailable)',
    reason: 'none',
    happens({ demo: { control, guildId } }) {
      control.setGuildAvailable(guildId, 'unavailable');
      setTimeout(() => control.setGuildAvailable(guildId, 'available'), 1_500);
    },
    shows: guildIsOut,
  },
];

describe.concurrent('one recording goes on through', () => {
  test.for(LOSSES)('$name', async ({ reason, happens, shows }, { expect }) => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 3) });
    const session = await call.record();
    await call.until('everyone', () => call.all('speaker').length === 3);
    await call.length(session, 1.5);
    happens(call);
    if (shows === undefined) {
      await call.event('gap');
    } else {
      await call.until('the loss', () => shows(call, session));
      await call.until('the end of it', () => !shows(call, session));
    }
    await heardAgain(call, session);
    await call.stop(session);

    const gaps = call.all('gap');
    expect(gaps).toMatchObject(shows === undefined ? [{ reason }] : []);
    const manifest = await expectSound(session.folder);
    expect(manifest.gaps).toEqual(
      gaps.map(({ reason: why, fromSamples, toSamples }) => ({
        reason: why,
        fromSamples,
        toSamples,
      })),
    );
    expect(await call.folders()).toHaveLength(1);
    expect(call.all('speaker')).toHaveLength(3);
    expect(manifest.people).toHaveLength(3);
    const sent = await readSent(call.demo);
    const holes = whenOf(gaps, call);
    for (const checked of await checkTracks(session.folder, sent)) {
      expect(missingOutside(checked, call.window, holes)).toEqual([]);
      const { track, placed, strangers, jumps } = checked;
      // The first packet behind the gap is placed by its arrival.
      const [hole = { fromSamples: Infinity, toSamples: Infinity }] = gaps;
      const amid = (hole.fromSamples + hole.toSamples) / 2;
      const anew = placed.find(({ position }) => position > amid)?.sent;
      const others = jumps.filter((jump) => jump.sent !== anew);
      expect({ strangers, others }).toEqual({ strangers: [], others: [] });
      expect(track).toMatchObject({ lost: 0, late: 0 });
    }
  });

  // The seed decides which of Discord's two events comes first.
  test.for([1, 3])('being moved to another channel and back, seed %i', async (seed, { expect }) => {
    await using call = await Call.start({ seed, talkers: TALKERS.slice(0, 2) });
    const { demo } = call;
    const { stage, otherStage } = demo.setting.channels;
    const other = demo.people.add(otherStage, TALKERS[3]);
    const session = await call.record();
    await call.until('both', () => call.all('speaker').length === 2);
    await call.length(session, 1.2);
    demo.control.move(otherStage.id);
    await call.event('gap');
    await call.event('speaker', ({ userId }) => userId === other);
    await heardAgain(call, session);
    demo.control.move(stage.id);
    await call.until('the second gap', () => call.all('gap').length === 2);
    await heardAgain(call, session);
    const stopped = await call.stop(session);

    expect(call.all('moved')).toMatchObject([
      { channelId: otherStage.id, channelName: otherStage.name },
      { channelId: stage.id, channelName: stage.name },
    ]);
    expect(call.all('gap')).toMatchObject([{ reason: 'channel-move' }, { reason: 'channel-move' }]);
    const log = await readFile(demo.sentLog, 'utf8');
    expect(log).not.toContain('"code":4004'); // no token was used twice
    expect(await call.folders()).toHaveLength(1);
    expect(stopped.tracks).toHaveLength(3);
    const manifest = await expectSound(session.folder);
    expect(manifest.channel).toMatchObject({ id: stage.id });
    expect(manifest.people.map(({ present }) => present.length).sort()).toEqual([1, 2, 2]);
    const holes = whenOf(manifest.gaps, call);
    for (const checked of await checkTracks(session.folder, await readSent(call.demo))) {
      const { placed, strangers } = checked;
      expect(strangers).toEqual([]);
      expect(placed.some(({ sent: { kind } }) => kind === 'speech')).toBe(true);
      expect(missingOutside(checked, call.window, holes)).toEqual([]);
    }
  });
});

/** Gaps on the sent log's clock. */
function whenOf(
  gaps: readonly { readonly fromSamples: number; readonly toSamples: number }[],
  { window: { fromMs } }: Call,
): Window[] {
  return gaps.map(({ fromSamples, toSamples }) => ({
    fromMs: fromMs + fromSamples / 48,
    toMs: fromMs + toSamples / 48,
  }));
}

/** Waits for 25 more packets: half a second of one speaker. */
async function heardAgain(call: Call, session: Session): Promise<void> {
  const count = (): number =>
    session.view().speakers.reduce((sum, { counts }) => sum + counts.packets, 0);
  const before = count();
  await call.until('packets', () => count() > before + 25);
}
