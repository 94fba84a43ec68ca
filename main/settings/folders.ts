import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Where Tapedeck keeps its files. Absolute paths; a folder may not exist yet. */
export interface Folders {
  /** Holds `settings.json`, and what the app keeps beside it. */
  readonly settings: string;
  readonly logs: string;
  /** Holds the recordings' folders. */
  readonly library: string;
}

/** What `findFolders` decides by; tests pass their own. */
export interface FolderSources {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** Absolute folder that a relative path in a variable starts from. */
  readonly typedIn: string;
  /** Text of `user-dirs.dirs`, by which freedesktop systems name the music folder in the user's language; null: no such file. */
  readonly userDirs: string | null;
}

/**
 * The platform's usual folders, or all of them below `TAPEDECK_HOME`. The library is `Tapedeck` in the music folder:
 * `XDG_MUSIC_DIR` from the environment, else from user-dirs.dirs, else `Music` in the home folder.
 * @internal exported for tests
 */
export function findFolders(sources: FolderSources): Folders {
  const home = setting(sources, 'TAPEDECK_HOME');
  if (home !== null) {
    const base = path.resolve(sources.typedIn, home);
    return {
      settings: base,
      logs: path.join(base, 'logs'),
      library: path.join(base, 'recordings'),
    };
  }
  return { ...ownFolders(sources), library: path.join(musicFolder(sources), 'Tapedeck') };
}

/** The folders of this computer and this user. `homeFolder` follows HOME, on Windows USERPROFILE. */
export function systemFolders(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Folders {
  const homeFolder = os.homedir();
  const userDirs = readUserDirs(configFolder(env, homeFolder));
  const typedIn = typedInFolder(env);
  return findFolders({ platform: process.platform, env, homeFolder, typedIn, userDirs });
}

/** The folder the command was typed in: `INIT_CWD` under npm, which works in the package's folder, else the working folder. */
export function typedInFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return path.resolve(env['INIT_CWD'] ?? '');
}

function ownFolders({
  platform,
  env,
  homeFolder,
}: FolderSources): Pick<Folders, 'settings' | 'logs'> {
  if (platform === 'darwin') {
    const library = path.join(homeFolder, 'Library');
    return {
      settings: path.join(library, 'Application Support', 'Tapedeck'),
      logs: path.join(library, 'Logs', 'Tapedeck'),
    };
  }
  if (platform === 'win32') {
    const roaming = absolute(env['APPDATA']) ?? path.join(homeFolder, 'AppData', 'Roaming');
    const local = absolute(env['LOCALAPPDATA']) ?? path.join(homeFolder, 'AppData', 'Local');
    return { settings: path.join(roaming, 'Tapedeck'), logs: path.join(local, 'Tapedeck', 'logs') };
  }
  const state = absolute(env['XDG_STATE_HOME']) ?? path.join(homeFolder, '.local', 'state');
  return {
    settings: path.join(configFolder(env, homeFolder), 'tapedeck'),
    logs: path.join(state, 'tapedeck', 'logs'),
  };
}

function musicFolder(sources: FolderSources): string {
  const named = setting(sources, 'XDG_MUSIC_DIR');
  if (named !== null) return path.resolve(sources.typedIn, named);
  const fromUserDirs = sources.userDirs === null ? null : parseMusicFolder(sources);
  return fromUserDirs ?? path.join(sources.homeFolder, 'Music');
}

/** `XDG_MUSIC_DIR="$HOME/…"` or `="/…"`: the only two forms the format has (user-dirs.dirs(5)); null when it is absent. */
function parseMusicFolder({
  userDirs,
  homeFolder,
}: Pick<FolderSources, 'userDirs' | 'homeFolder'>): string | null {
  const value = /^\s*XDG_MUSIC_DIR="(.*)"\s*$/m
    .exec(userDirs ?? '')?.[1]
    ?.replaceAll(/\\(.)/g, '$1');
  if (value === undefined) return null;
  const folder = value.replace(/^\$HOME(?=\/|$)/, homeFolder).replace(/(?<=.)\/+$/, '');
  return absolute(folder);
}

function configFolder(
  env: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
): string {
  return absolute(env['XDG_CONFIG_HOME']) ?? path.join(homeFolder, '.config');
}

function readUserDirs(configFolder: string): string | null {
  try {
    return readFileSync(path.join(configFolder, 'user-dirs.dirs'), 'utf8');
  } catch {
    return null; // most systems have none, and the default is good
  }
}

/** An empty variable counts as absent, as the XDG base directory specification has it. */
function setting({ env }: Pick<FolderSources, 'env'>, name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
}

/** Relative paths in these variables are to be ignored (XDG base directory specification). */
function absolute(value: string | undefined): string | null {
  return value !== undefined && path.isAbsolute(value) ? value : null;
}
