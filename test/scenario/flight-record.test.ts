import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadSpeech } from '../../main/demo/talk/speech-source.ts';
import { FlightRecorder } from '../../main/flight/flight-recorder.ts';
import { noticeText } from '../../preload/contract/messages/notice-words.ts';
import { Call } from '../support/call.ts';
import { flightLines, FlightSpy, flightText } from '../support/flight.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const secretKey = z.object({ secret_key: z.array(z.number()) });

/** Every way in which bytes may have been written. */
function written(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const list = [...bytes].join(',');
  return [
    buffer.toString('hex'),
    buffer.toString('base64').replace(/=+$/, ''),
    list,
    list.replaceAll(',', ', '),
  ];
}

/** An id as text, and as MLS writes it. */
function writtenId(id: string): string[] {
  return [id, BigInt(id).toString(16).padStart(16, '0')];
}

test('a whole recording with a resume leaves a record of everything, and of nobody', async () => {
  const logs = await scratchFolder();
  const recorder = new FlightRecorder(logs, '0.0.0');
  const spy = new FlightSpy(recorder);
  await using call = await Call.start({ where: 'voice', flight: spy });
  const session = await call.record({ notice: 'given' });
  await call.event('speaker');
  call.demo.control.cutVoice();
  await call.until('the loss', () => session.view().retrying !== null);
  await call.until('the resume', () => session.view().retrying === null);
  await call.length(session, 2.5);
  await call.stop(session);
  await call.engine.signOut();
  await recorder.close();
  const record = await flightText(logs);
  const lines = flightLines(record);

  const kinds = new Set(lines.map(({ kind }) => kind));
  for (const kind of ['run', 'rest', 'gateway', 'voice-server', 'discovery', 'step', 'log'])
    expect(kinds).toContain(kind);
  expect(record).toContain('"t":"READY"');
  const voice = lines.filter(({ kind }) => kind === 'voice');
  const heard = voice.filter(({ way }) => way === 'in').map(({ op }) => op);
  expect(heard).toEqual(expect.arrayContaining([2, 4, 8, 9, 25]));
  expect(voice.find(({ op, way }) => op === 7 && way === 'out')).toBeDefined();
  expect(lines.find(({ kind }) => kind === 'voice-end')).toMatchObject({ code: 1006 });
  const counters = lines.filter(({ kind }) => kind === 'counters').at(-1);
  expect(counters?.['fates']).toMatchObject({ 'transport-auth': 0 });
  expect(counters?.['ssrcs']).toHaveLength(4);

  const found = (secret: string): boolean => record.includes(secret);
  const { demo } = call;
  const tokens = [demo.token, ...demo.token.split('.').filter((part) => part.length > 8)];
  const keys: string[] = [];
  for (const { kind, facts } of spy.notes) {
    const token = tokenIn(facts);
    if (token !== null) tokens.push(token);
    if (kind !== 'voice' || !(facts['bytes'] instanceof Uint8Array)) continue;
    const message: unknown =
      facts['isBinary'] === true ? null : JSON.parse(Buffer.from(facts['bytes']).toString());
    const key = z.object({ d: secretKey }).safeParse(message);
    if (key.success) keys.push(...written(Uint8Array.from(key.data.d.secret_key)));
  }
  expect(keys).toHaveLength(4);
  expect(tokens.length).toBeGreaterThan(3);
  expect(tokens.filter(found)).toEqual([]);
  expect(keys.filter(found)).toEqual([]);

  const { world, guild, bot } = demo.setting;
  const people = [...world.guilds.values()].flatMap(({ members }) => [...members.values()]);
  const names = [
    ...[...world.guilds.values()].flatMap(({ name, channels }) => [
      name,
      ...[...channels.values()].map((channel) => channel.name),
    ]),
    ...people.flatMap(({ user, nick }) => [user.username, user.globalName ?? '', nick ?? '']),
    noticeText('begun', 'en-US', { bot: 'Tapedeck' }),
  ].filter((name) => !/^[a-z]*$/.test(name)); // a word of the protocol may stand as it is
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter(found)).toEqual([]);
  const ids = [
    guild.id,
    bot.userId,
    call.channelId,
    ...people.map(({ user }) => user.id),
    ...guild.channels.keys(),
  ];
  expect(ids.flatMap(writtenId).filter(found)).toEqual([]);

  const sound = (['maya', 'theo', 'priya', 'callum'] as const).flatMap(
    (voice) => loadSpeech(voice).packets,
  );
  const payloads = [...sound, ...spy.payloads].filter(({ byteLength }) => byteLength > 16);
  expect(spy.payloads.length).toBeGreaterThan(50);
  const told = payloads.flatMap((payload) => written(payload.subarray(4, 14)));
  expect(told.filter(found)).toEqual([]);
});

test('a failure names its step, its limit, what had come and what was awaited', async () => {
  const logs = await scratchFolder();
  const recorder = new FlightRecorder(logs, '0.0.0');
  await using call = await Call.start({ where: 'voice', flight: recorder });
  call.demo.voice.leastDaveVersion = 2;
  await expect(call.record()).rejects.toThrow('4017');
  await recorder.close();
  const lines = flightLines(await flightText(logs));
  expect(lines.findLast(({ kind }) => kind === 'failure')).toMatchObject({
    code: 'e2ee-unavailable',
    step: 'voice-ready',
    limitMs: 20_000,
    came: 'voice-end 4017',
    awaited: 'op 2',
  });
});

/** The token in raw facts, wherever it passes. */
function tokenIn(facts: unknown): string | null {
  const said = JSON.stringify(facts);
  return /"token\\*":\\*"([^"\\]+)/.exec(said)?.[1] ?? null;
}
