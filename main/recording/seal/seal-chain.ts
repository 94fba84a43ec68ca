import { isSignedBy } from './seal-key.ts';
import { hashLine, parseSealLine, SEAL_VERSION, type SealLine } from './seal-line.ts';

/** A line that follows the one before it and bears the signature that it must have. */
export interface ChainedLine {
  readonly line: SealLine;
  /** Whether it was made with the first line's key, and so were all before it. */
  readonly byFirstKey: boolean;
}

/** The lines of a seal as a chain: each is checked against the one before it. Pure. */
export class SealChain {
  #last: { readonly line: SealLine; readonly hash: string } | null = null;
  #publicKey: string | null = null;
  #firstPublicKey: string | null = null;
  #byFirstKey = true;

  /** The line taken last, and what the next one's `previous` is; null before the first. */
  get last(): { readonly line: SealLine; readonly hash: string } | null {
    return this.#last;
  }

  /** Key of the first line, as in `SealKey`; null: it bears no signature. */
  get firstPublicKey(): string | null {
    return this.#firstPublicKey;
  }

  /** The same of the last line. */
  get publicKey(): string | null {
    return this.#publicKey;
  }

  /** Takes the next line, without its line feed. What is wrong with it, when it does not belong there. */
  take(bytes: Uint8Array): ChainedLine | string {
    const read = parseSealLine(bytes);
    if (read === null) return 'line is none of a seal';
    const { line, signedBytes } = read;
    const fault = this.#misplaced(line);
    if (fault !== null) return fault;
    const publicKey = line.publicKey === undefined ? this.#publicKey : line.publicKey;
    if (publicKey !== null && !isSignedBy(publicKey, signedBytes, line.signature ?? ''))
      return `line ${String(line.n)} is not signed with its key`;
    if (this.#last === null) this.#firstPublicKey = publicKey;
    if (publicKey !== this.#firstPublicKey) this.#byFirstKey = false;
    this.#publicKey = publicKey;
    this.#last = { line, hash: hashLine(bytes) };
    return { line, byFirstKey: this.#byFirstKey };
  }

  #misplaced(line: SealLine): string | null {
    if (this.#last === null) {
      const isFirst = line.n === 0 && line.seal === SEAL_VERSION && line.publicKey !== undefined;
      return isFirst ? null : 'the first line of the seal is missing';
    }
    const { line: before, hash } = this.#last;
    if (line.n !== before.n + 1 || line.previous !== hash)
      return `line ${String(line.n)} does not follow line ${String(before.n)}`;
    if (line.act !== undefined) return null;
    const goesOn = before.act === undefined && line.publicKey === undefined;
    return goesOn ? null : `line ${String(line.n)} goes on behind the end`;
  }
}
