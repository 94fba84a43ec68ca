import type { DAVESession } from '@snazzah/davey';
import { createRequire } from 'node:module';
import { toError } from '../base/errors.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { DaveError } from './dave-error.ts';

// Not called `require`: electron-vite puts a variable of that name into the output.
const load = createRequire(import.meta.url);

/** What we use of a DAVESession. davey's enums are const enums, which code that is compiled file by file cannot use. */
interface Session extends Pick<
  DAVESession,
  | 'setExternalSender'
  | 'getSerializedKeyPackage'
  | 'processCommit'
  | 'processWelcome'
  | 'encryptOpus'
  | 'getUserIds'
  | 'ownLeafIndex'
  | 'epoch'
  | 'voicePrivacyCode'
> {
  processProposals(
    operation: number,
    list: Buffer,
    knownUserIds: string[],
  ): { readonly commit?: Buffer; readonly welcome?: Buffer };
  decrypt(userId: string, mediaType: number, frame: Buffer): Buffer;
}

/** The library as far as we use it. */
export interface MlsBackend {
  readonly DAVE_PROTOCOL_VERSION: number;
  readonly DAVESession: new (version: number, userId: string, channelId: string) => Session;
}

/** Returns the library or throws; tests pass their own. */
export type LoadLibrary = () => unknown;

const loadDavey: LoadLibrary = () => load('@snazzah/davey') as unknown;

/**
 * The library, loaded once. Throws DaveError `library-missing` with the loader's error as its cause.
 * @internal exported for tests
 */
export function loadBackend(loadLibrary: LoadLibrary = loadDavey): MlsBackend {
  let library: unknown;
  try {
    library = loadLibrary();
  } catch (error) {
    throw new DaveError('library-missing', `davey does not load: ${toError(error).message}`, {
      cause: error,
    });
  }
  if (isBackend(library)) return library;
  throw new DaveError(
    'library-missing',
    'davey loads without DAVESession or DAVE_PROTOCOL_VERSION',
  );
}

/** Highest version of the DAVE protocol that we can offer the voice gateway; 0 when the library does not load. */
export function daveVersionSpoken(loadLibrary: LoadLibrary = loadDavey): number {
  try {
    return loadBackend(loadLibrary).DAVE_PROTOCOL_VERSION;
  } catch (error) {
    if (error instanceof DaveError) return 0;
    throw error;
  }
}

/** Who is to be in which group. */
export interface MlsIdentity {
  /** Of the DAVE protocol. */
  readonly version: number;
  readonly userId: Snowflake;
  /** The voice channel's id is the group's. */
  readonly channelId: Snowflake;
}

/** What a member answers proposals with: a commit (MLSMessage), and the Welcome for members that the commit adds. */
export interface Commit {
  readonly commit: Uint8Array;
  readonly welcome: Uint8Array | null;
}

const APPEND = 0;
const REVOKE = 1;
const AUDIO = 0;

/**
 * One member of one MLS group (DAVE protocol 1), through davey. Methods throw DaveError `refused` when davey refuses;
 * the member is then as it was before, or without its prepared commit.
 */
export class MlsMember {
  readonly #session: Session;
  #lastRefusal: string | null = null;

  /** Throws DaveError `library-missing` or `version-unknown`. */
  constructor({ version, userId, channelId }: MlsIdentity) {
    const { DAVESession: Davey } = loadBackend();
    try {
      this.#session = new Davey(version, userId, channelId);
    } catch (error) {
      const message = `no session of version ${String(version)}: ${toError(error).message}`;
      throw new DaveError('version-unknown', message, { cause: error });
    }
  }

  /** Epoch of the group, 0 while the group is pending; null while there is no group. */
  get epoch(): number | null {
    const { epoch } = this.#session;
    return epoch === null ? null : Number(epoch);
  }

  get ownLeaf(): number | null {
    return this.#session.ownLeafIndex;
  }

  /** 30 digits; null while the group is pending. */
  get privacyCode(): string | null {
    const code = this.#session.voicePrivacyCode;
    return code === '' ? null : code;
  }

  /** Everyone in the group, ourselves included. */
  get userIds(): Snowflake[] {
    return this.#session.getUserIds();
  }

  /** Takes the body of op 25 and begins the pending group anew; refused once a commit of ours is out. */
  setExternalSender(body: Uint8Array): void {
    ask(() => this.#session.setExternalSender(toBuffer(body)));
  }

  /** Body of op 26: a new key package at every call, of which only the newest counts. */
  makeKeyPackage(): Uint8Array {
    return ask(() => this.#session.getSerializedKeyPackage());
  }

  /**
   * Stores the proposals of an op 27 (a vector of MLSMessages) and commits to all that are stored. The welcome is
   * missing when no proposal of `list` is an Add, although an Add stored earlier is in the commit.
   */
  append(list: Uint8Array, knownUserIds: readonly Snowflake[]): Commit | null {
    return this.#propose(APPEND, list, knownUserIds);
  }

  /** Forgets proposals (a vector of ProposalRefs) and commits to the rest, welcome missing; null when none is left. */
  revoke(list: Uint8Array): Commit | null {
    return this.#propose(REVOKE, list, []);
  }

  /** Takes an MLSMessage. When its sender is us, davey adopts the latest commit we prepared, whatever the bytes. */
  processCommit(commit: Uint8Array): void {
    ask(() => this.#session.processCommit(toBuffer(commit)));
  }

  /** Takes a bare Welcome. */
  processWelcome(welcome: Uint8Array): void {
    ask(() => this.#session.processWelcome(toBuffer(welcome)));
  }

  /** The frame of an Opus packet of ours. */
  seal(opus: Uint8Array): Uint8Array {
    return ask(() => this.#session.encryptOpus(toBuffer(opus)));
  }

  /** davey's word on the last frame that it did not open; null before the first. */
  get lastRefusal(): string | null {
    return this.#lastRefusal;
  }

  /** The Opus packet in a frame of `userId`; null when no key of that member fits, or the frame was opened before. */
  open(userId: Snowflake, frame: Uint8Array): Uint8Array | null {
    try {
      return this.#session.decrypt(userId, AUDIO, toBuffer(frame));
    } catch (error) {
      this.#lastRefusal = toError(error).message;
      return null; // whatever davey's reason, the caller can only try again later
    }
  }

  #propose(operation: number, list: Uint8Array, known: readonly Snowflake[]): Commit | null {
    const { commit, welcome } = ask(() =>
      this.#session.processProposals(operation, toBuffer(list), [...known]),
    );
    return commit === undefined ? null : { commit, welcome: welcome ?? null };
  }
}

function ask<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new DaveError('refused', toError(error).message, { cause: error });
  }
}

/** The same bytes, not a copy; davey takes Buffers only. */
function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isBackend(library: unknown): library is MlsBackend {
  return (
    typeof library === 'object' &&
    library !== null &&
    'DAVE_PROTOCOL_VERSION' in library &&
    typeof library.DAVE_PROTOCOL_VERSION === 'number' &&
    'DAVESession' in library &&
    typeof library.DAVESession === 'function'
  );
}
