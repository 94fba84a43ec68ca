import { createHash } from 'node:crypto';
import { systemErrorCode } from '../../base/errors.ts';
import { openRegular } from '../open-regular.ts';
import { StorageError } from '../storage-error.ts';

const PIECE_BYTES = 64 * 1024;

/** SHA-256 of longer and longer beginnings of a file, which is read once and not kept open. */
export class PrefixHash {
  readonly #file: string;
  #hash = createHash('sha256');
  #hashedBytes = 0;
  /** What was read behind `#hashedBytes`. */
  #ahead: Uint8Array = new Uint8Array();

  /** `file`: absolute path. */
  constructor(file: string) {
    this.#file = file;
  }

  /** Hexadecimal, of the first `bytes`; a shorter beginning than before is read anew. Null when the file has fewer, or cannot be read. */
  async of(bytes: number): Promise<string | null> {
    if (bytes < this.#hashedBytes) {
      this.#hash = createHash('sha256');
      this.#hashedBytes = 0;
      this.#ahead = new Uint8Array();
    }
    while (this.#hashedBytes < bytes) {
      if (this.#ahead.byteLength === 0) this.#ahead = await this.#read();
      if (this.#ahead.byteLength === 0) return null;
      const next = this.#ahead.subarray(0, bytes - this.#hashedBytes);
      this.#hash.update(next);
      this.#hashedBytes += next.byteLength;
      this.#ahead = this.#ahead.subarray(next.byteLength);
    }
    return this.#hash.copy().digest('hex');
  }

  async #read(): Promise<Uint8Array> {
    try {
      await using handle = await openRegular(this.#file, 'read');
      const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
      const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, this.#hashedBytes);
      return piece.subarray(0, bytesRead);
    } catch (error) {
      if (!(error instanceof StorageError) && systemErrorCode(error) === null) throw error;
      return new Uint8Array();
    }
  }
}
