import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import { parseApiUrl } from '../../main/engine/engine.ts';
import { PERMISSIONS } from '../../main/discord/permissions.ts';
import { TALKERS } from '../support/call.ts';
import { demoFor } from '../support/demo.ts';
import { LOUNGE_ID, STAGE_ID } from '../support/discord-payloads.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { signInTo, WindowDeck } from '../support/window-deck.ts';

describe('the invite', () => {
  test('names the bot and asks for the rights that README names, and for no others', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    await signInTo(fake, window);
    expect(await window.deck.openLink('invite')).toEqual({ ok: true });
    const [link] = window.shell.links.map((address) => new URL(address));
    const asked = BigInt(link?.searchParams.get('permissions') ?? '');
    const known = Object.values(PERMISSIONS);
    expect(known.filter(({ bit }) => (asked & bit) !== 0n).map(({ label }) => label)).toEqual([
      'View Channel',
      'Send Messages',
      'Connect',
      'Speak',
      'Change Nickname',
    ]);
    expect(known.reduce((mask, { bit }) => mask & ~bit, asked)).toBe(0n);
    expect(link?.searchParams.get('client_id')).toBe('1180000000000000009');
  });
});

const BAD_REQUEST = { ok: false, problem: { code: 'bad-request', details: {} } };
const BUSY = { ok: false, problem: { code: 'busy', details: {} } };

/** A demo server where two people talk in the channel to record. */
async function demoWithTalkers(where: 'voice' | 'stage' = 'stage') {
  const { demo } = await demoFor({ speakers: 0 });
  const channel = demo.setting.channels[where];
  for (const style of TALKERS.slice(0, 2)) demo.people.add(channel, style);
  return { demo, channelId: channel.id };
}

/** A deck that is signed in there. */
async function openAt({ apiUrl, token }: DemoServer): Promise<WindowDeck> {
  const window = await WindowDeck.open(parseApiUrl(apiUrl));
  expect(await window.deck.signIn(token)).toEqual({ ok: true });
  return window;
}

/** Waits until that many people have a track. */
function untilHeard(window: WindowDeck, count: number): Promise<Snapshot> {
  return window.until(
    `${String(count)} speakers`,
    ({ session }) =>
      session.kind === 'recording' &&
      session.speakers.filter(({ track }) => track !== null).length >= count,
  );
}

describe('links and texts', () => {
  test('the invite needs a bot, the link to the developer portal does not', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    expect(await window.deck.openLink('invite')).toEqual(BAD_REQUEST);
    expect(await window.deck.openLink('developer-portal')).toEqual({ ok: true });
    expect(await window.deck.copyDiagnostics()).toEqual({ ok: true });
    expect(window.shell.links).toEqual(['https://discord.com/developers/applications']);
    expect(window.shell.copied).toEqual(['recordings: 0']);
    expect(await window.deck.openText('privacy')).toEqual({ ok: true });
    expect(window.shell.texts).toEqual(['privacy']);
  });

  test('the privacy code of a call is copied in groups of five digits', async () => {
    const { demo, channelId } = await demoWithTalkers('voice');
    await using window = await openAt(demo);
    expect(window.deck.copyCode()).toEqual(BAD_REQUEST);
    expect(await window.deck.record(channelId)).toEqual({ ok: true });
    const { session } = await window.until(
      'a privacy code',
      ({ session: now }) => now.kind === 'recording' && now.encryption.kind === 'on',
    );
    const isOn = session.kind === 'recording' && session.encryption.kind === 'on';
    const code = isOn ? session.encryption.codes.at(-1)?.code : undefined;
    expect(window.deck.copyCode()).toEqual({ ok: true });
    const [copied] = window.shell.copied;
    expect(copied).toMatch(/^\d{5}( \d{5}){5}$/);
    expect(copied?.replaceAll(' ', '')).toBe(code);
  });
});

describe('the recorder', () => {
  test('refuses pause, markers and stop while nothing is recorded', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const { deck } = window;
    expect(deck.cancel()).toEqual(BAD_REQUEST);
    expect(await deck.stop()).toEqual(BAD_REQUEST);
    expect(deck.recordingKeys.pause()).toEqual(BAD_REQUEST);
    expect(deck.recordingKeys.mark('')).toEqual(BAD_REQUEST);
    expect(await deck.record(LOUNGE_ID)).toMatchObject({ problem: { code: 'no-token' } });
  });

  test('shows why a recording could not begin until that is dismissed', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    await signInTo(fake, window);
    const problem = { code: 'unknown-channel', details: {} };
    expect(await window.deck.record('1')).toEqual({ ok: false, problem });
    expect(window.snapshot.session).toEqual({ kind: 'idle', problem, ended: null });
    expect(window.deck.dismissOutcome()).toEqual({ ok: true });
    expect(window.snapshot.session).toEqual({ kind: 'idle', problem: null, ended: null });
  });

  test('cancels joining, and leaves nothing behind', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const connection = await signInTo(fake, window);
    const recording = window.deck.record(STAGE_ID);
    await connection.next(4);
    expect(window.snapshot.session).toMatchObject({ kind: 'joining', channelName: 'Talk' });
    expect(window.deck.cancel()).toEqual({ ok: true });
    expect(await recording).toMatchObject({ ok: false });
    expect(await connection.next(4)).toMatchObject({ d: { channel_id: null } });
    expect(await readdir(window.library)).toEqual([]);
  });

  test('records one channel at a time, with one account, and shows the recording when it is stopped', async () => {
    const { demo, channelId } = await demoWithTalkers();
    await using window = await openAt(demo);
    const { deck } = window;
    expect(await deck.record(channelId)).toEqual({ ok: true });
    await untilHeard(window, 2);
    expect(window.snapshot.chosenChannelId).toBe(channelId);
    expect(deck.copyCode()).toEqual(BAD_REQUEST); // a stage has no code
    expect(await deck.record(channelId)).toEqual(BUSY);
    expect(await deck.signIn('another')).toEqual(BUSY);
    expect(await deck.startDemo()).toEqual(BUSY);
    expect(await deck.signOut()).toEqual(BUSY);
    expect(deck.recordingKeys.mark('here')).toEqual({ ok: true, marker: 0 });
    expect(await deck.stop()).toEqual({ ok: true });
    const { session, recordings } = await window.until(
      'the recording',
      (now) => now.session.kind === 'idle' && now.recordings[0]?.state === 'complete',
    );
    expect(session).toMatchObject({ kind: 'idle', problem: null });
    expect(recordings.map(({ tracks }) => tracks.length)).toEqual([2]);
    expect(window.events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['connected', 'joined', 'speaker', 'stopped']),
    );
  });
});

describe('the library', () => {
  test('exports into the recording’s folder or into a chosen one', async () => {
    const { demo, channelId } = await demoWithTalkers();
    await using window = await openAt(demo);
    const { deck, shell, library } = window;
    await deck.record(channelId);
    await untilHeard(window, 1);
    await deck.stop();
    const { recordings } = await window.until(
      'the recording',
      (now) => now.recordings[0]?.state === 'complete',
    );
    const [recording] = recordings;
    if (recording === undefined) return expect.unreachable();
    const { id: recordingId, tracks } = recording;
    const choice = {
      recordingId,
      format: 'wav',
      bitDepth: '16',
      channels: 'mono',
      tracks: tracks.map(({ file }) => file),
      mixdown: false,
      folder: 'recording',
    } as const;

    expect(deck.startExport({ ...choice, recordingId: 'another' })).toMatchObject({
      problem: { code: 'not-a-recording' },
    });
    expect(deck.startExport({ ...choice, tracks: ['tracks/99-x.opus'] })).toEqual({
      ok: false,
      problem: { code: 'unknown-track', details: { track: 'tracks/99-x.opus' } },
    });
    expect(deck.startExport({ ...choice, folder: 'chosen' })).toEqual(BAD_REQUEST);
    expect(await deck.chooseExportFolder(recordingId)).toBeNull(); // the dialog was cancelled
    expect(deck.startExport({ ...choice, folder: 'chosen' })).toEqual(BAD_REQUEST);
    shell.folder = await scratchFolder();
    expect(await deck.chooseExportFolder(recordingId)).toBe(shell.folder);

    for (const folder of ['recording', 'chosen'] as const) {
      const started = deck.startExport({ ...choice, folder });
      expect(await started.ended).toMatchObject({ state: 'done' });
    }
    const beside = path.join(library, recordingId, 'exports');
    expect(await readdir(beside)).toHaveLength(tracks.length);
    expect(await readdir(shell.folder)).toEqual(await readdir(beside));
    const { exports } = window.snapshot;
    expect(exports.map(({ folder, state }) => [folder, state])).toEqual([
      [beside, 'done'],
      [shell.folder, 'done'],
    ]);

    expect(deck.showRecording(recordingId)).toEqual({ ok: true });
    expect(deck.showRecording('another')).toMatchObject({
      problem: { code: 'not-a-recording' },
    });
    expect(await deck.showLibrary()).toEqual({ ok: true });
    expect(deck.showExport('99')).toEqual(BAD_REQUEST);
    const [first, second] = exports.map(({ id }) => id);
    if (first === undefined || second === undefined) return expect.unreachable();
    expect(deck.showExport(second)).toEqual({ ok: true });
    // A folder that came from a stranger may be a program to the system: it is shown, never opened.
    const [exported = ''] = (await readdir(shell.folder)).sort();
    expect(shell.shown).toEqual([
      path.join(library, recordingId, 'recording.json'),
      path.join(shell.folder, exported),
    ]);
    expect(shell.opened).toEqual([library]);
    expect(deck.cancelExport(first)).toEqual(BAD_REQUEST); // it is done
    expect(deck.dismissExport(first)).toEqual({ ok: true });
    expect(window.snapshot.exports.map(({ id }) => id)).toEqual([second]);
  });
});
