import { vec } from './mls-bytes.ts';
import { MOST_ENTRIES } from './mls-wire.ts';
import { parseProposals, parseRevokedRefs } from './mls-message.ts';
import type { MlsRef, Proposal } from './mls-message.ts';

/** Proposals of the voice server that wait for a commit. davey keeps a list too, and does not show it. */
export class PendingProposals {
  readonly #byRef = new Map<MlsRef, Proposal>();
  readonly #confirmed = new Set<MlsRef>();

  /** Adds the list of an op 27 before davey takes it: when davey refuses one proposal, it keeps those before. */
  append(list: Uint8Array): void {
    for (const proposal of parseProposals(list) ?? []) {
      if (this.#byRef.size < MOST_ENTRIES) this.#byRef.set(proposal.ref, proposal);
    }
  }

  /** davey took the whole list. */
  confirm(list: Uint8Array): void {
    for (const { ref } of parseProposals(list) ?? []) this.#confirmed.add(ref);
  }

  revoke(list: Uint8Array): void {
    for (const ref of parseRevokedRefs(list) ?? []) {
      this.#byRef.delete(ref);
      this.#confirmed.delete(ref);
    }
  }

  /** The proposals were committed, or their group is gone. */
  clear(): void {
    this.#byRef.clear();
    this.#confirmed.clear();
  }

  /** True when davey has taken every proposal of the list before. */
  holds(list: Uint8Array): boolean {
    return parseProposals(list)?.every(({ ref }) => this.#confirmed.has(ref)) ?? false;
  }

  /** The Adds that davey may hold, as the list of an op 27; null when there is none. */
  adds(): Uint8Array | null {
    const adds = [...this.#byRef.values()].filter(({ isAdd }) => isAdd);
    return adds.length === 0 ? null : vec(Buffer.concat(adds.map(({ message }) => message)));
  }
}
