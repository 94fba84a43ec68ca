import { readFile } from 'node:fs/promises';
import { describe, test } from 'vitest';
import type { Session } from '../../main/engine/session.ts';
import { Call, TALKERS, type Window } from '../support/call.ts';
import { checkTracks, missingOutside } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

interface Loss {
  readonly name: string;
  readonly reason: string;
  readonly happens: (call: Call) => void;
  /** Nothing of it reaches the voice session. */
  readonly harmless?: boolean;
}

const LOSSES: readonly Loss[] = [
  {
    name: 'a voice session that is refused (4006)',
    reason: 'reconnect',
    happens: ({ demo }) => demo.control.closeVoice(4006),
  },
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
    harmless: true,
  },
  {
    name: 'being asked to reconnect (op 7)',
    reason: 'none',
    happens: ({ demo }) => demo.control.askToReconnect(),
    harmless: true,
  },
];

describe.concurrent('one recording goes on through', () => {
  test.for(LOSSES)('$name', async ({ reason, happens, harmless = false }, { expect }) => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 3) });
    const session = await call.record();
    await call.until('everyone', () => call.all('speaker').length === 3);
    await call.length(session, 1.5);
    happens(call);
    if (harmless) {
      await call.until('the loss', () => call.engine.account?.connection === 'retrying');
      await call.until('the end of it', () => call.engine.account?.connection === 'connected');
    } else {
      await call.event('gap');
    }
    await heardAgain(call, session);
    await call.stop(session);

    const gaps = call.all('gap');
    expect(gaps).toMatchObject(harmless ? [] : [{ reason }]);
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
      // The first one behind the gap is placed anew, by when it arrived.
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

/** Until someone's packets come again, and half a second more. */
async function heardAgain(call: Call, session: Session): Promise<void> {
  const count = (): number =>
    session.view().speakers.reduce((sum, { counts }) => sum + counts.packets, 0);
  const before = count();
  await call.until('packets', () => count() > before + 25);
}
