import type { Snowflake } from '../../base/snowflake.ts';

/** What happens to one message on its way: gives the body that arrives, or null when the message is lost. */
export type DaveFault = (body: Buffer | object) => Buffer | object | null;

/** Faults that are armed for one client and one opcode each, and hit the next such message. */
export class DaveFaults {
  readonly #armed = new Map<string, DaveFault>();

  /** The fault hits once; a second fault for the same opcode and client replaces the first. */
  arm(userId: Snowflake, op: number, fault: DaveFault): void {
    this.#armed.set(`${userId} ${String(op)}`, fault);
  }

  /** The body to send, `isAltered` when a fault has hit it; null: a fault has lost the message. */
  pass(
    userId: Snowflake,
    op: number,
    body: Buffer | object,
  ): { readonly body: Buffer | object; readonly isAltered: boolean } | null {
    const name = `${userId} ${String(op)}`;
    const fault = this.#armed.get(name);
    if (fault === undefined) return { body, isAltered: false };
    this.#armed.delete(name);
    const altered = fault(body);
    return altered === null ? null : { body: altered, isAltered: true };
  }
}

/** Changes the last 8 bytes of a commit or welcome (ops 29, 30); the transition id, its first 2 bytes, stays. */
export const corruptEnd: DaveFault = (body) => {
  if (!Buffer.isBuffer(body)) return body;
  const altered = Buffer.from(body);
  const from = Math.max(2, altered.byteLength - 8);
  for (let at = from; at < altered.byteLength; at += 1) {
    altered.writeUInt8(altered.readUInt8(at) ^ 0x55, at);
  }
  return altered;
};
