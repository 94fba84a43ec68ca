import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Snowflake } from '../base/snowflake.ts';
import { u16, u32, u64, u8, vec } from './mls-bytes.ts';
import { labelled, refHash } from './mls-wire.ts';

/** One signed proposal of the voice server. */
export interface SignedProposal {
  /** Whole MLSMessage, as op 27 carries it. */
  readonly message: Buffer;
  /** ProposalRef, by which commits name it: 32 bytes. */
  readonly ref: Buffer;
}

const MLS10 = 1;
const PUBLIC_MESSAGE = 1;
const SENDER_EXTERNAL = 2;
const CONTENT_PROPOSAL = 2;
const PROPOSAL_ADD = 1;
const PROPOSAL_REMOVE = 3;
const CREDENTIAL_BASIC = 1;
/** An uncompressed P-256 point, `04 ‖ x ‖ y`, the end of its SubjectPublicKeyInfo (RFC 5480 §2). */
const POINT_BYTES = 65;

/** The voice server as MLS sees it: outside every group, alone allowed to propose (DAVE protocol, "external sender"). */
export class ExternalSender {
  readonly #groupId: Buffer;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  /** The group's id is the voice channel's. Makes a new P-256 key. */
  constructor(channelId: Snowflake) {
    this.#groupId = u64(channelId);
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = pair.privateKey;
    this.#publicKey = pair.publicKey;
  }

  /** Body of op 25. */
  packageBody(): Buffer {
    // Not as JWK: Node 20 holds the key's lock during that export, and a garbage collection of the key pair's generator
    // then waits for the lock for ever.
    const point = this.#publicKey.export({ format: 'der', type: 'spki' }).subarray(-POINT_BYTES);
    return Buffer.concat([vec(point), u16(CREDENTIAL_BASIC), vec(u8(0))]);
  }

  /** Proposes to add the maker of `keyPackage`, which is the body of their op 26. */
  add(epoch: number, keyPackage: Uint8Array): SignedProposal {
    return this.#propose(epoch, Buffer.concat([u16(PROPOSAL_ADD), keyPackage]));
  }

  /** Proposes to remove the member at `leafIndex`. */
  remove(epoch: number, leafIndex: number): SignedProposal {
    return this.#propose(epoch, Buffer.concat([u16(PROPOSAL_REMOVE), u32(leafIndex)]));
  }

  /** FramedContent (RFC 9420 §6): no authenticated data, signed; ECDSA's randomness makes every one different. */
  #propose(epoch: number, proposal: Buffer): SignedProposal {
    const content = Buffer.concat([
      vec(this.#groupId),
      u64(epoch),
      u8(SENDER_EXTERNAL),
      u32(0), // index in the group's list of external senders
      vec(Buffer.alloc(0)), // authenticated data
      u8(CONTENT_PROPOSAL),
      proposal,
    ]);
    const toSign = Buffer.concat([u16(MLS10), u16(PUBLIC_MESSAGE), content]);
    const signature = sign('sha256', labelled('FramedContentTBS', toSign), this.#privateKey);
    const authenticated = Buffer.concat([u16(PUBLIC_MESSAGE), content, vec(signature)]);
    return {
      message: Buffer.concat([u16(MLS10), authenticated]),
      ref: refHash('Proposal Reference', authenticated),
    };
  }
}
