import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../../main/base/log.ts';
import { ownProcess } from '../../../main/base/process-mark.ts';
import { DiscordError } from '../../../main/discord/discord-error.ts';
import { StandingNotices } from '../../../main/notice/standing-notices.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

const BOT = '100000000000000001';
const GUILD = '100000000000000002';
const MESSAGE = { channelId: '100000000000000003', messageId: '100000000000000004' };

function makeRest() {
  return {
    setOwnNickname: vi.fn(() => Promise.resolve()),
    editMessage: vi.fn(() => Promise.resolve()),
  };
}

const begin = (folder: string) =>
  StandingNotices.begin({ folder, botId: BOT, guildId: GUILD, locale: 'fr' }, silentLog);

const filesIn = (folder: string) => readdir(path.join(folder, 'standing-notices'));

/** What a process that has died left there: of one that has run and ended. */
async function leave(folder: string): Promise<string> {
  const standing = await begin(folder);
  await standing.nickname({ before: 'Deck' });
  await standing.message(MESSAGE);
  const [name = ''] = await filesIn(folder);
  const file = path.join(folder, 'standing-notices', name);
  const text = await readFile(file, 'utf8');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await writeFile(file, text.replace(`"pid":${String(process.pid)}`, `"pid":${String(pid)}`));
  return file;
}

describe('what a dead process left', () => {
  test('is taken back by the next start, once', async () => {
    const folder = await scratchFolder();
    await leave(folder);
    const rest = makeRest();
    const [left, ...others] = await StandingNotices.abandoned(folder, BOT, silentLog);
    expect(others).toEqual([]);
    await left?.takeBack({ rest, length: null, limitMs: 1_000 });
    expect(rest.setOwnNickname).toHaveBeenCalledExactlyOnceWith(GUILD, 'Deck', expect.anything());
    expect(rest.editMessage).toHaveBeenCalledExactlyOnceWith(
      MESSAGE,
      { content: 'L’enregistrement est terminé.\n\nThe recording is over.' },
      expect.anything(),
    );
    expect(await filesIn(folder)).toEqual([]);
    expect(await StandingNotices.abandoned(folder, BOT, silentLog)).toEqual([]);
  });

  test('is tried again at the start after that when Discord does not answer, and given up when it refuses', async () => {
    const folder = await scratchFolder();
    await leave(folder);
    const rest = makeRest();
    rest.setOwnNickname.mockRejectedValue(new DiscordError('unreachable', 'no answer'));
    rest.editMessage.mockRejectedValue(new DiscordError('not-found', 'unknown message'));
    const [left] = await StandingNotices.abandoned(folder, BOT, silentLog);
    await left?.takeBack({ rest, length: null, limitMs: 1_000 });
    const again = makeRest();
    const [rest2] = await StandingNotices.abandoned(folder, BOT, silentLog);
    await rest2?.takeBack({ rest: again, length: null, limitMs: 1_000 });
    expect(again.setOwnNickname).toHaveBeenCalledOnce();
    expect(again.editMessage).not.toHaveBeenCalled();
    expect(await filesIn(folder)).toEqual([]);
  });

  test('of another bot is left alone', async () => {
    const folder = await scratchFolder();
    await leave(folder);
    expect(await StandingNotices.abandoned(folder, '5', silentLog)).toEqual([]);
    expect(await filesIn(folder)).toHaveLength(1);
  });
});

test('what a living process has told is left alone', async () => {
  const folder = await scratchFolder();
  const standing = await begin(folder);
  await standing.message(MESSAGE);
  expect(await ownProcess()).toMatchObject({ pid: process.pid });
  expect(await StandingNotices.abandoned(folder, BOT, silentLog)).toEqual([]);
});

test('nothing is kept once everything is taken back, and no file is made for nothing', async () => {
  const folder = await scratchFolder();
  const standing = await begin(folder);
  await standing.nickname({ before: null });
  await standing.nickname(null);
  await standing.message(MESSAGE);
  expect(await filesIn(folder)).toHaveLength(1);
  await standing.takeBack({ rest: makeRest(), length: '0:01:00', limitMs: 1_000 });
  expect(await filesIn(folder)).toEqual([]);
});

test('files of others in that folder, and damaged ones, are passed over', async () => {
  const folder = await scratchFolder();
  const own = path.join(folder, 'standing-notices');
  await mkdir(own);
  for (const [name, text] of [
    ['empty.json', ''],
    ['text.json', '{"botId":7}'],
    ['list.json', '[]'],
    ['note.txt', 'x'],
  ] as const)
    await writeFile(path.join(own, name), text);
  expect(await StandingNotices.abandoned(folder, BOT, silentLog)).toEqual([]);
  expect(await StandingNotices.abandoned(path.join(folder, 'none'), BOT, silentLog)).toEqual([]);
});

test('a disk that refuses the file costs only that', async () => {
  const folder = await scratchFolder();
  await writeFile(path.join(folder, 'standing-notices'), 'in the way');
  const standing = await begin(folder);
  const rest = makeRest();
  await standing.message(MESSAGE);
  await standing.takeBack({ rest, length: null, limitMs: 1_000 });
  expect(rest.editMessage).toHaveBeenCalledOnce();
});
