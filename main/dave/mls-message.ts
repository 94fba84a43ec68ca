import { MlsReader } from './mls-bytes.ts';
import { REF_BYTES, readLeafNode, readWelcome, refHash, MOST_ENTRIES } from './mls-wire.ts';

/** A KeyPackageRef or ProposalRef (RFC 9420 §5.2): SHA-256 in 64 hexadecimal digits. */
export type MlsRef = string;

/** One of the voice server's proposals. */
export interface Proposal {
  readonly ref: MlsRef;
  readonly isAdd: boolean;
  /** Whole MLSMessage. */
  readonly message: Uint8Array;
}

/** What a commit says before its content. */
export interface CommitHeader {
  /** In which the commit was made. */
  readonly epoch: number;
  readonly senderLeaf: number;
}

const MLS10 = 1;
const PUBLIC_MESSAGE = 1;
const VERSION_BYTES = 2;
const LEAF_INDEX_BYTES = 4;
const SENDER = { member: 1, external: 2 } as const;
const CONTENT = { proposal: 2, commit: 3 } as const;
const PROPOSAL = { add: 1, remove: 3 } as const;

/** Body of op 27 for appending: a vector of MLSMessages. Null unless each is an Add or Remove from outside the group. */
export function parseProposals(list: Uint8Array): readonly Proposal[] | null {
  const messages = readWholeVector(list);
  if (messages === null) return null;
  const proposals: Proposal[] = [];
  while (messages.leftBytes > 0) {
    if (proposals.length === MOST_ENTRIES) return null;
    const from = messages.at;
    const { sender, content } = readFramedContent(messages);
    if (sender !== SENDER.external || content !== CONTENT.proposal) return null;
    const type = messages.u16();
    if (type !== PROPOSAL.add && type !== PROPOSAL.remove) return null;
    if (type === PROPOSAL.remove) messages.take(LEAF_INDEX_BYTES);
    else if (!skipKeyPackage(messages)) return null;
    messages.vec(); // signature
    const message = messages.bytes.subarray(from, messages.at);
    const ref = toRef(refHash('Proposal Reference', message.subarray(VERSION_BYTES)));
    proposals.push({ ref, isAdd: type === PROPOSAL.add, message });
  }
  return messages.isBroken ? null : proposals;
}

/** Body of op 27 for revoking: a vector of ProposalRefs. Null when it is none. */
export function parseRevokedRefs(list: Uint8Array): readonly MlsRef[] | null {
  const refs = readWholeVector(list);
  if (refs === null) return null;
  const revoked: MlsRef[] = [];
  while (refs.leftBytes > 0) {
    const ref = refs.vec();
    if (ref.byteLength !== REF_BYTES || revoked.length === MOST_ENTRIES) return null;
    revoked.push(toRef(ref));
  }
  return revoked;
}

/** The beginning of a member's commit, an MLSMessage (RFC 9420 §6). Null when it is none; the rest is not looked at. */
export function parseCommitHeader(bytes: Uint8Array): CommitHeader | null {
  const reader = new MlsReader(bytes);
  const { epoch, sender, senderLeaf, content } = readFramedContent(reader);
  const isCommit = sender === SENDER.member && content === CONTENT.commit;
  return reader.isBroken || !isCommit ? null : { epoch, senderLeaf };
}

/** The key packages that a bare Welcome has secrets for (RFC 9420 §12.4.3). Null when the bytes are no Welcome. */
export function parseWelcomeRefs(bytes: Uint8Array): readonly MlsRef[] | null {
  return readWelcome(bytes)?.secrets.map(({ ref }) => toRef(ref)) ?? null;
}

/** KeyPackageRef (RFC 9420 §5.2) of a bare KeyPackage, the body of op 26. */
export function keyPackageRef(keyPackage: Uint8Array): MlsRef {
  return toRef(refHash('KeyPackage Reference', keyPackage));
}

function readWholeVector(bytes: Uint8Array): MlsReader | null {
  const reader = new MlsReader(bytes);
  const content = reader.vec();
  return reader.isBroken || reader.leftBytes > 0 ? null : new MlsReader(content);
}

/** MLSMessage up to the content type; all zero when it is no PublicMessage. */
function readFramedContent(
  reader: MlsReader,
): CommitHeader & { readonly sender: number; readonly content: number } {
  const isPublic = reader.u16() === MLS10 && reader.u16() === PUBLIC_MESSAGE;
  if (!isPublic) return { epoch: 0, sender: 0, senderLeaf: 0, content: 0 };
  reader.vec(); // group id
  const epoch = Number(reader.u64());
  const sender = reader.u8();
  const senderLeaf = reader.u32(); // for an external sender: the index in the group's list of them
  reader.vec(); // authenticated data
  return { epoch, sender, senderLeaf, content: reader.u8() };
}

/** False when the credential is not a basic one. */
function skipKeyPackage(reader: MlsReader): boolean {
  reader.take(4); // version, cipher suite
  reader.vec(); // HPKE init key
  if (readLeafNode(reader) === null) return false;
  reader.vec(); // extensions
  reader.vec(); // signature
  return true;
}

function toRef(bytes: Uint8Array): MlsRef {
  return Buffer.from(bytes).toString('hex');
}
