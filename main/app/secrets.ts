import { safeStorage } from 'electron';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { finishReplacing, replaceFile } from '../base/replace-file.ts';
import type { KeptToken, TokenStore } from '../ipc/deck.ts';
import { parseKeptToken, writeKeptToken } from './kept-token.ts';

/** Chromium's prefix of a ciphertext whose key is in the desktop's keyring. Prefix `v10` means a fixed key that is public. */
const KEYRING_MARK = 'v11';

const TOKEN_FILE = 'token';

/** Keeps the bot token in the operating system's key store; without a key store the token is not kept. */
export class KeyStore implements TokenStore {
  readonly available: boolean;
  readonly #file: string;
  readonly #log: Log;

  private constructor(place: { readonly file: string; readonly log: Log }, available: boolean) {
    this.#file = place.file;
    this.#log = place.log;
    this.available = available;
  }

  /** To be called once the app is ready. `folder` exists. */
  static async open(folder: string, log: Log): Promise<KeyStore> {
    await finishReplacing(folder, new Set([TOKEN_FILE]));
    return new KeyStore({ file: path.join(folder, TOKEN_FILE), log }, await isRealKeyStore(log));
  }

  /** Null when no token is kept, or the key store cannot decrypt it. */
  async load(): Promise<KeptToken | null> {
    if (!this.available) return null;
    try {
      const { result } = await safeStorage.decryptStringAsync(await readFile(this.#file));
      return parseKeptToken(result);
    } catch (error) {
      this.#log.debug('no token kept', { reason: toError(error).message });
      return null;
    }
  }

  async keep(kept: KeptToken): Promise<void> {
    if (!this.available) return;
    const ciphertext = await safeStorage.encryptStringAsync(writeKeptToken(kept));
    await replaceFile(this.#file, ciphertext);
  }

  async forget(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

/** Without a keyring safeStorage on Linux encrypts with the public key and reports no error; the ciphertext's prefix shows it. */
async function isRealKeyStore(log: Log): Promise<boolean> {
  try {
    if (!(await safeStorage.isAsyncEncryptionAvailable())) return false;
    if (process.platform !== 'linux') return true;
    const probe = await safeStorage.encryptStringAsync('probe');
    return probe.subarray(0, KEYRING_MARK.length).toString('latin1') === KEYRING_MARK;
  } catch (error) {
    log.warn('no key store', { reason: toError(error).message });
    return false;
  }
}
