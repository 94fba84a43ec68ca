import type { Snowflake } from '../../base/snowflake.ts';

/** What is done to one message on its way: another body in its place, or null: it is lost. */
export type DaveFault = (body: Buffer | object) => Buffer | object | null;

/** Faults that wait for the next message of one opcode to one client. */
export class DaveFaults {
  readonly #armed = new Map<string, DaveFault>();

  /** Hits once; a second one for the same opcode and client takes the first one's place. */
  arm(userId: Snowflake, op: number, fault: DaveFault): void {
    this.#armed.set(`${userId} ${String(op)}`, fault);
  }

  /** The body as it is to be sent; `isAltered` when it is not what it was. Null: not sent at all. */
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

/** The same message of a commit or welcome (ops 29, 30) with its last bytes changed; the transition id stays. */
export const corruptEnd: DaveFault = (body) => {
  if (!Buffer.isBuffer(body)) return body;
  const altered = Buffer.from(body);
  const from = Math.max(2, altered.byteLength - 8);
  for (let at = from; at < altered.byteLength; at += 1) {
    altered.writeUInt8(altered.readUInt8(at) ^ 0x55, at);
  }
  return altered;
};
