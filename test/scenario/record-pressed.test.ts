import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Call, TALKERS } from '../support/call.ts';
import { checkTracks } from '../support/checked-tracks.ts';
import { expectRefusal } from '../support/cannot-begin.ts';
import { FastTime } from '../support/fast-time.ts';
import { noticesOf } from '../support/given-notices.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent } from '../support/sent.ts';

const rows = z.array(
  z.object({ components: z.array(z.object({ label: z.string(), custom_id: z.string() })) }),
);

/** Presses the button whose label holds `label`, under the newest message or under the newest answer to that person. */
function press(call: Call, label: string, by: string, under: 'message' | 'answer' = 'message') {
  const { world } = call.demo.setting;
  const message =
    under === 'message'
      ? world.messages.at(-1)
      : call.demo.interactions.answers.findLast((answer) => answer.press.by === by)?.message;
  const { id: messageId, components } = message ?? expect.fail('no message');
  const buttons = rows.parse(components).flatMap((row) => row.components);
  const found = buttons.find((button) => button.label.includes(label)) ?? expect.fail(label);
  call.demo.control.press({ by, messageId, customId: found.custom_id });
}

const answers = (call: Call): string[] =>
  call.demo.interactions.answers.map(({ message }) => message?.content ?? '');

/** Ids of people who are members of the server: in the recorded channel, and in none. */
function membersOf(call: Call) {
  const { guild, bot } = call.demo.setting;
  const here = call.demo.people.in(call.channelId);
  const outside = [...guild.members.keys()].find(
    (id) => id !== bot.userId && !guild.voiceStates.has(id),
  );
  return { here, outside: outside ?? expect.fail('nobody is outside') };
}

describe('under the message', () => {
  test('Stop recording ends it for whoever is in the channel, and for nobody else', async () => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 2) });
    const session = await call.record({ notice: 'given' });
    const { here, outside } = membersOf(call);
    press(call, 'Stop', outside);
    await call.until('the answer', () => answers(call).length === 1);
    expect(answers(call)[0]).toContain('Only people in the voice channel');
    expect(call.engine.session.kind).toBe('recording');
    press(call, 'Stop', here[1] ?? '');
    expect(await session.finished).toMatchObject({ reason: 'asked' });
    await call.until('the answer', () => answers(call).length === 2);
    expect(answers(call)[1]).toContain('The recording ends now');
    for (const { afterMs } of call.demo.interactions.answers) expect(afterMs).toBeLessThan(3_000);
    const manifest = await expectSound(session.folder);
    expect(manifest).toMatchObject({ reason: 'asked', consent: { stoppedBy: here[1] } });
    expect(call.demo.setting.world.messages[0]).toMatchObject({ components: [] });
  });

  test('Don’t record me leaves somebody out from there on, and is theirs to take back', async () => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 2), where: 'voice' });
    const session = await call.record({ notice: 'given' });
    await call.until('both', () => call.all('speaker').length === 2);
    const { here } = membersOf(call);
    const who = here[0] ?? '';
    press(call, 'record me', who);
    const excluded = await call.event('excluded');
    const fromMs = call.whenMs(excluded);
    expect(excluded).toMatchObject({ userId: who, excluded: true, by: 'person' });
    await call.length(session, session.samples / 48_000 + 4);
    expect(session.exclude(who, false, 'operator')).not.toBe('done');
    await call.stop(session);

    const manifest = await expectSound(session.folder);
    expect(manifest.people.find(({ userId }) => userId === who)).toMatchObject({ excluded: true });
    expect(manifest.consent.people?.find(({ userId }) => userId === who)).toMatchObject({
      choice: 'refused',
      by: 'person',
    });
    const sent = await readSent(call.demo);
    for (const { track, placed, stream } of await checkTracks(session.folder, sent)) {
      if (track.userId !== who) continue;
      expect(stream.some(({ atMs, kind }) => kind === 'speech' && atMs > fromMs)).toBe(true);
      for (const packet of placed) expect(packet.sent.atMs).toBeLessThanOrEqual(fromMs);
    }
  });

  test('Also delete what you have takes the track away at once', async () => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 2) });
    const session = await call.record({ notice: 'given' });
    await call.until('both', () => call.all('speaker').length === 2);
    const { here } = membersOf(call);
    const who = here[0] ?? '';
    press(call, 'record me', who);
    await call.until('the answer', () => answers(call).length === 1);
    await call.length(session, session.samples / 48_000 + 2.1); // one answer a person in 2 s
    press(call, 'delete', who, 'answer');
    await call.until('the answer', () => answers(call).length === 2);
    expect(answers(call)[1]).toContain('is deleted');
    await call.stop(session);
    const manifest = await expectSound(session.folder);
    expect(manifest.tracks.map(({ userId }) => userId)).not.toContain(who);
  });

  test('What is kept? is told to that person alone', async () => {
    await using call = await Call.start({ talkers: [] });
    const session = await call.record({ notice: 'given' });
    const { outside } = membersOf(call);
    press(call, 'kept', outside);
    await call.until('the answer', () => answers(call).length === 1);
    expect(answers(call)[0]).toContain('one sound file for each person');
    expect(call.demo.interactions.answers[0]?.message?.flags).toBe(64);
    await session.stop('user');
  });
});

describe('asked first', () => {
  test('only people are written who pressed Record me, from then on and until they take it back', async () => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 3), where: 'voice' });
    const session = await call.record({ notice: 'given', asksFirst: true });
    await call.length(session, 3);
    expect(call.all('speaker')).toEqual([]);
    const { here } = membersOf(call);
    const who = here[0] ?? '';
    press(call, 'Record me', who);
    const agreed = await call.event('excluded');
    expect(agreed).toMatchObject({ userId: who, excluded: false, by: 'person' });
    await call.event('speaker');
    await call.length(session, session.samples / 48_000 + 3);
    press(call, 'Record me', who);
    const over = await call.event('excluded', ({ excluded }) => excluded);
    await call.length(session, session.samples / 48_000 + 3);
    await call.stop(session);

    const manifest = await expectSound(session.folder);
    expect(manifest.tracks.map(({ userId }) => userId)).toEqual([who]);
    expect(manifest.consent).toMatchObject({ askFirst: true, none: false });
    const choices = manifest.consent.people?.map(({ userId, choice, by }) => [userId, choice, by]);
    expect(choices?.sort()).toEqual(
      here.map((userId) => [userId, 'none', userId === who ? 'person' : 'operator']).sort(),
    );
    const [track] = await checkTracks(session.folder, await readSent(call.demo));
    const [fromMs, toMs] = [call.whenMs(agreed), call.whenMs(over)];
    expect(track?.placed.length).toBeGreaterThan(20);
    for (const { sent } of track?.placed ?? []) {
      expect(sent.atMs).toBeGreaterThanOrEqual(fromMs - 100); // it was on its way
      expect(sent.atMs).toBeLessThanOrEqual(toMs);
    }
  });

  test('needs the message: a recording whose message is refused does not begin', async () => {
    await using call = await Call.start({ talkers: [] });
    const answer = { status: 403, body: { message: 'Missing Permissions', code: 50013 } };
    call.demo.rest.plan({ method: 'POST', path: /messages$/, answer, times: 10 });
    const ask = { notice: 'given', asksFirst: true } as const;
    const details = await expectRefusal(call, 'cannot-give-notice', ask);
    expect(details).toMatchObject({ permission: 'Send Messages' });
  });

  test('needs the presses: where they go to another address it does not begin', async () => {
    await using call = await Call.start({ talkers: [] });
    call.demo.control.setInteractionsUrl('https://example.com/presses');
    const ask = { notice: 'given', asksFirst: true } as const;
    const details = await expectRefusal(call, 'interactions-elsewhere', ask);
    expect(details).toEqual({ host: 'example.com' });
  });
});

test('where presses go to another address, there are no buttons', async () => {
  await using call = await Call.start({ talkers: [] });
  call.demo.control.setInteractionsUrl('https://example.com/presses');
  const session = await call.record({ notice: 'given' });
  expect(call.demo.setting.world.messages[0]).toMatchObject({ components: [] });
  expect(call.demo.setting.world.messages[0]?.content).toContain('leave the channel');
  await session.stop('user');
});

test('where Discord does not say where presses go, the message does not wait for it', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start({ talkers: [] }));
  const late = { answer: 'real', afterMs: 600_000, times: 10 } as const;
  call.demo.rest.plan({ method: 'GET', path: /applications/, ...late });
  const session = await time.during(call.record({ notice: 'given' }));
  expect(noticesOf(call)).toContainEqual(expect.objectContaining({ kind: 'message', ok: true }));
  expect(call.demo.setting.world.messages[0]?.components).toHaveLength(1);
  await time.during(session.stop('user'));
});

test('a button of a recording that is over says so', async () => {
  await using call = await Call.start({ talkers: [] });
  const first = await call.record({ notice: 'given' });
  const { world } = call.demo.setting;
  const [message] = world.messages;
  const button = rows.parse(message?.components)[0]?.components[0] ?? expect.fail();
  await first.stop('user');
  // A client that has not seen the edit yet still shows them.
  if (message !== undefined)
    world.editMessage(world.messages[0] ?? message, { components: message.components });
  const { outside } = membersOf(call);
  const old = { by: outside, messageId: message?.id ?? '', customId: button.custom_id };
  call.demo.control.press(old);
  await call.until('the answer', () => answers(call).length === 1);
  const second = await call.record({ notice: 'given' });
  call.demo.control.press(old);
  await call.until('the answer', () => answers(call).length === 2);
  expect(answers(call)).toEqual(['That recording is over.', 'That recording is over.']);
  await second.stop('user');
});
