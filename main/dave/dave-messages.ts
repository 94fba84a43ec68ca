/** A binary message of end-to-end encryption; `body` is what follows the opcode (op 29 and 30: u16 transition id first). */
export interface DaveBinaryMessage {
  readonly kind:
    | 'dave-external-sender' // op 25
    | 'dave-proposals' // op 27
    | 'dave-announce-commit' // op 29
    | 'dave-welcome'; // op 30
  readonly body: Uint8Array;
}

/** What the voice gateway says about end-to-end encryption (DAVE protocol, "opcodes"): ops 21, 22, 24 as JSON, and binary. */
export type DaveMessage =
  | {
      readonly kind: 'dave-prepare-transition';
      readonly transitionId: number;
      readonly protocolVersion: number;
    }
  | { readonly kind: 'dave-execute-transition'; readonly transitionId: number }
  | {
      readonly kind: 'dave-prepare-epoch';
      readonly transitionId: number;
      readonly protocolVersion: number;
      readonly epoch: number;
    }
  | DaveBinaryMessage;

/** What we answer to it: op 23 and 31 as JSON with the transition's id, op 26 and 28 as binary. */
export type DaveCommand =
  | { readonly kind: 'transition-ready' | 'invalid-commit-welcome'; readonly transitionId: number }
  | { readonly kind: 'key-package' | 'commit-welcome'; readonly body: Uint8Array };
