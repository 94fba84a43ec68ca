import { vec } from './mls-bytes.ts';
import { parseProposals, parseRevokedRefs } from './mls-message.ts';
import type { MlsRef, Proposal } from './mls-message.ts';

/** Which of the voice server's proposals wait for a commit, beside the library, which does not say. */
export class PendingProposals {
  readonly #byRef = new Map<MlsRef, Proposal>();

  /** The list of an op 27 that the library took. */
  append(list: Uint8Array): void {
    for (const proposal of parseProposals(list) ?? []) this.#byRef.set(proposal.ref, proposal);
  }

  revoke(list: Uint8Array): void {
    for (const ref of parseRevokedRefs(list) ?? []) this.#byRef.delete(ref);
  }

  /** Committed, or for a group that is no more. */
  clear(): void {
    this.#byRef.clear();
  }

  /** True for the list of an op 27 that brings nothing new. */
  holds(list: Uint8Array): boolean {
    return parseProposals(list)?.every(({ ref }) => this.#byRef.has(ref)) ?? false;
  }

  /** The Adds among them as the list of an op 27; null when there is none. */
  adds(): Uint8Array | null {
    const adds = [...this.#byRef.values()].filter(({ isAdd }) => isAdd);
    return adds.length === 0 ? null : vec(Buffer.concat(adds.map(({ message }) => message)));
  }
}
