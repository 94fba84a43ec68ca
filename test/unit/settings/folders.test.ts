import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFolders, typedInFolder, type FolderSources } from '../../../main/settings/folders.ts';

const linux: FolderSources = {
  platform: 'linux',
  env: {},
  homeFolder: '/home/mara',
  typedIn: '/typed/here',
  userDirs: null,
};

describe('folders', () => {
  test('with TAPEDECK_HOME all folders are in it', () => {
    const env = { TAPEDECK_HOME: '/srv/deck', XDG_MUSIC_DIR: '/music' };
    expect(findFolders({ ...linux, env })).toEqual({
      settings: '/srv/deck',
      logs: '/srv/deck/logs',
      library: '/srv/deck/recordings',
    });
  });

  test('a relative TAPEDECK_HOME starts at the folder where the command was typed', () => {
    const { library } = findFolders({ ...linux, env: { TAPEDECK_HOME: 'deck' } });
    expect(library).toBe('/typed/here/deck/recordings');
  });

  test('an empty variable counts as absent', () => {
    const env = { TAPEDECK_HOME: '', XDG_MUSIC_DIR: '', XDG_CONFIG_HOME: '' };
    expect(findFolders({ ...linux, env })).toEqual({
      settings: '/home/mara/.config/tapedeck',
      logs: '/home/mara/.local/state/tapedeck/logs',
      library: '/home/mara/Music/Tapedeck',
    });
  });

  test('XDG_MUSIC_DIR names the music folder on every platform', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const { library } = findFolders({ ...linux, platform, env: { XDG_MUSIC_DIR: '/m' } });
      expect(library).toBe('/m/Tapedeck');
    }
  });

  test.each([
    ['in the home folder', 'XDG_MUSIC_DIR="$HOME/Musik"', '/home/mara/Musik/Tapedeck'],
    ['absolute', '# x\nXDG_MUSIC_DIR="/data/My \\"Music\\""\n', '/data/My "Music"/Tapedeck'],
    ['the home folder itself', 'XDG_MUSIC_DIR="$HOME/"', '/home/mara/Tapedeck'],
    ['commented out', '#XDG_MUSIC_DIR="/x"', '/home/mara/Music/Tapedeck'],
    ['relative, which the format forbids', 'XDG_MUSIC_DIR="Musik"', '/home/mara/Music/Tapedeck'],
    ['absent', 'XDG_VIDEOS_DIR="$HOME/Videos"', '/home/mara/Music/Tapedeck'],
  ])('user-dirs.dirs: %s', (_case, userDirs, library) => {
    expect(findFolders({ ...linux, userDirs }).library).toBe(library);
  });

  test('macOS and Windows have their own places for settings and logs', () => {
    expect(findFolders({ ...linux, platform: 'darwin' })).toMatchObject({
      settings: '/home/mara/Library/Application Support/Tapedeck',
      logs: '/home/mara/Library/Logs/Tapedeck',
    });
    const env = { APPDATA: '/roaming', LOCALAPPDATA: '/local' };
    expect(findFolders({ ...linux, platform: 'win32', env })).toMatchObject({
      settings: '/roaming/Tapedeck',
      logs: '/local/Tapedeck/logs',
    });
  });

  test('the folder where a command was typed is INIT_CWD, else the working folder', () => {
    expect(typedInFolder({ INIT_CWD: '/elsewhere' })).toBe('/elsewhere');
    expect(typedInFolder({})).toBe(path.resolve());
  });
});
