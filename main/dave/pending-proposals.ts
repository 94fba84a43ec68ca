import { vec } from './mls-bytes.ts';
import { MOST_ENTRIES } from './mls-wire.ts';
import { parseProposals, parseRevokedRefs } from './mls-message.ts';
import type { MlsRef, Proposal } from './mls-message.ts';

/** Which of the voice server's proposals wait for a commit, beside the library, which does not say. */
export class PendingProposals {
  readonly #byRef = new Map<MlsRef, Proposal>();
  readonly #confirmed = new Set<MlsRef>();

  /** The list of an op 27 that the library is asked to take; when it refuses one, it keeps those before. */
  append(list: Uint8Array): void {
    for (const proposal of parseProposals(list) ?? []) {
      if (this.#byRef.size < MOST_ENTRIES) this.#byRef.set(proposal.ref, proposal);
    }
  }

  /** It took the whole list. */
  confirm(list: Uint8Array): void {
    for (const { ref } of parseProposals(list) ?? []) this.#confirmed.add(ref);
  }

  revoke(list: Uint8Array): void {
    for (const ref of parseRevokedRefs(list) ?? []) {
      this.#byRef.delete(ref);
      this.#confirmed.delete(ref);
    }
  }

  /** Committed, or for a group that is no more. */
  clear(): void {
    this.#byRef.clear();
    this.#confirmed.clear();
  }

  /** True for the list of an op 27 that brings nothing new. */
  holds(list: Uint8Array): boolean {
    return parseProposals(list)?.every(({ ref }) => this.#confirmed.has(ref)) ?? false;
  }

  /** The Adds that may be among them as the list of an op 27; null when there is none. */
  adds(): Uint8Array | null {
    const adds = [...this.#byRef.values()].filter(({ isAdd }) => isAdd);
    return adds.length === 0 ? null : vec(Buffer.concat(adds.map(({ message }) => message)));
  }
}
