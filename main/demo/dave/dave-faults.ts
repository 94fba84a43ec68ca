import type { Snowflake } from '../../base/snowflake.ts';

/** What is done to one message on its way: another body in its place, or null: it is lost. */
export type Spoil = (body: Buffer | object) => Buffer | object | null;

/** Faults that wait for the next message of one opcode to one client. */
export class DaveFaults {
  readonly #armed = new Map<string, Spoil>();

  /** Hits once; a second one for the same opcode and client takes the first one's place. */
  arm(userId: Snowflake, op: number, spoil: Spoil): void {
    this.#armed.set(`${userId} ${String(op)}`, spoil);
  }

  /** The body as it is to be sent; `isSpoilt` when it is not what it was. Null: not sent at all. */
  pass(
    userId: Snowflake,
    op: number,
    body: Buffer | object,
  ): { readonly body: Buffer | object; readonly isSpoilt: boolean } | null {
    const name = `${userId} ${String(op)}`;
    const spoil = this.#armed.get(name);
    if (spoil === undefined) return { body, isSpoilt: false };
    this.#armed.delete(name);
    const spoilt = spoil(body);
    return spoilt === null ? null : { body: spoilt, isSpoilt: true };
  }
}

/** The same message of a commit or welcome (ops 29, 30) with its last bytes changed; the transition id stays. */
export const spoilEnd: Spoil = (body) => {
  if (!Buffer.isBuffer(body)) return body;
  const spoilt = Buffer.from(body);
  const from = Math.max(2, spoilt.byteLength - 8);
  for (let at = from; at < spoilt.byteLength; at += 1) {
    spoilt.writeUInt8(spoilt.readUInt8(at) ^ 0x55, at);
  }
  return spoilt;
};
