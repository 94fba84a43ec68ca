import { describe, test } from 'vitest';
import type { Session } from '../../main/session/session.ts';
import { Call, TALKERS } from '../support/call.ts';
import { checkTracks, sentIn } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

interface Trouble {
  readonly name: string;
  readonly happens: (call: Call) => void;
  /** Somebody joins, so that keys change. */
  readonly comes?: boolean;
  /** The call is unencrypted for a while. */
  readonly plain?: boolean;
  /** We leave the group by the server's fault: what is sent until we are added again is lost. */
  readonly astray?: boolean;
}

const TROUBLES: readonly Trouble[] = [
  {
    name: 'a malformed commit',
    happens: ({ demo }) => demo.control.dave.announceBogusCommit(),
  },
  { name: 'a malformed welcome', happens: ({ demo }) => demo.control.dave.sendBogusWelcome() },
  {
    name: 'a commit that is corrupted on its way',
    happens: ({ demo }) => demo.control.dave.corruptNextCommit(),
    comes: true,
  },
  {
    name: 'a corrupted welcome on the way back in',
    happens: ({ demo }) => {
      demo.control.dave.corruptNextWelcome();
      demo.control.dave.announceBogusCommit();
    },
  },
  {
    name: 'an op 22 that never comes',
    happens: ({ demo }) => demo.control.dave.loseNextExecute(),
    comes: true,
  },
  {
    name: 'a transition that takes its whole time',
    happens: ({ demo }) => demo.control.dave.setExecutes('at the limit'),
    comes: true,
  },
  {
    name: 'proposals that are offered, revoked and offered again',
    happens: ({ demo }) => {
      demo.control.dave.setProposalsPerMessage(1);
      demo.control.dave.setOffers('twice');
    },
    comes: true,
  },
  { name: 'a new group', happens: ({ demo }) => demo.control.dave.beginNewGroup() },
  {
    name: 'a downgrade, and a group again',
    happens: ({ demo }) => demo.control.dave.downgrade(),
    plain: true,
  },
  {
    name: 'a commit of ours announced when we had prepared another',
    happens: ({ demo }) => void demo.control.dave.announceStaleCommit(),
    astray: true,
  },
];

describe.concurrent('an encrypted recording survives', () => {
  test.for(TROUBLES)(
    '$name',
    { timeout: 60_000 },
    async ({ happens, comes = false, plain = false, astray = false }, { expect }) => {
      await using call = await Call.start({ where: 'voice', talkers: TALKERS.slice(0, 2) });
      const { demo } = call;
      const session = await call.record();
      await call.until('both', () => call.all('speaker').length === 2);
      const before = call.all('e2ee').length;
      happens(call);
      if (comes) demo.people.add(demo.setting.channels.voice, TALKERS[2]);
      if (plain) {
        await call.event('e2ee', ({ version, epoch }) => version === 0 && epoch === null);
        await heardMore(call, session);
        demo.control.dave.beginNewGroup();
      }
      await call.until('a code again', () => {
        const states = call.all('e2ee').slice(before);
        return states.length > 0 && states.at(-1)?.privacyCode !== null;
      });
      await heardMore(call, session);
      await call.stop(session);

      const last = call.all('e2ee').at(-1);
      const fromMs = astray && last !== undefined ? call.whenMs(last) : call.window.fromMs;
      const manifest = await expectSound(session.folder);
      expect(manifest).toMatchObject({ reason: 'user', gaps: [] });
      const sent = await readSent(demo);
      const tracks = await checkTracks(session.folder, sent);
      expect(tracks.length).toBeGreaterThanOrEqual(2);
      for (const { track, missing, strangers } of tracks) {
        expect(strangers).toEqual([]);
        expect(track).toMatchObject({ lost: 0, late: 0 });
        const due = sentIn(missing, { ...call.window, fromMs }).filter(
          (packet) => packet.kind === 'speech' && !sent.neverGiven(packet),
        );
        expect(due).toEqual([]);
      }
      expect(call.faults).toEqual([]);
    },
  );
});

/** Waits for 60 more packets. */
async function heardMore(call: Call, session: Session): Promise<void> {
  const counts = (): number[] => session.view().speakers.map(({ counts: { packets } }) => packets);
  const before = counts().reduce((sum, count) => sum + count, 0);
  await call.until('packets', () => counts().reduce((sum, count) => sum + count, 0) > before + 60);
}
