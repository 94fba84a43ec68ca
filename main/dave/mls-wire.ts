import { createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Snowflake } from '../base/snowflake.ts';
import { MlsReader, u16, u8, vec } from './mls-bytes.ts';

/** What the voice server reads of a key package. */
export interface KeyPackage {
  /** MLS 1.0, cipher suite 2, and both signatures fit. */
  readonly isValid: boolean;
  /** The user that the credential names. */
  readonly userId: Snowflake;
  /** KeyPackageRef, by which a welcome names its receiver: 32 bytes. */
  readonly ref: Buffer;
}

/** What a member answers proposals with. */
export interface CommitWelcome {
  /** In which the commit was made. */
  readonly epoch: number;
  readonly senderLeaf: number;
  /** ProposalRefs of the proposals that the commit carries out, in order. */
  readonly refs: readonly Buffer[];
  /** Whole MLSMessage. */
  readonly commit: Buffer;
  /** Bare Welcome; null when nobody is added. */
  readonly welcome: Buffer | null;
}

const MLS10 = 1;
const SUITE_P256 = 2;
const PUBLIC_MESSAGE = 1;
const SENDER_MEMBER = 1;
const CONTENT_COMMIT = 3;
const CREDENTIAL_BASIC = 1;
const LEAF_FROM_KEY_PACKAGE = 1;
const LEAF_FROM_COMMIT = 3;
const BY_REFERENCE = 2;
const POINT_BYTES = 65;

/** KeyPackageRef and ProposalRef in cipher suite 2: SHA-256 (RFC 9420 §5.2). */
export const REF_BYTES = 32;

/** Body of op 26: a bare KeyPackage (RFC 9420 §10). Null when the bytes are none. */
export function parseKeyPackage(bytes: Uint8Array): KeyPackage | null {
  const reader = new MlsReader(bytes);
  const version = reader.u16();
  const suite = reader.u16();
  reader.vec(); // HPKE init key
  const leafAt = reader.at;
  const leaf = readLeafNode(reader);
  reader.vec(); // extensions
  const signedBytes = reader.at;
  const signature = reader.vec();
  const isWhole = !reader.isBroken && reader.leftBytes === 0;
  if (!isWhole || leaf?.identity.byteLength !== 8) return null;
  const signed = [
    { label: 'LeafNodeTBS', content: bytes.subarray(leafAt, leaf.signedUpTo), by: leaf.signature },
    { label: 'KeyPackageTBS', content: bytes.subarray(0, signedBytes), by: signature },
  ];
  const isSupported = version === MLS10 && suite === SUITE_P256;
  return {
    isValid: isSupported && signed.every((one) => isSigned(one, leaf.signatureKey)),
    userId: leaf.identity.readBigUInt64BE().toString(),
    ref: refHash('KeyPackage Reference', bytes),
  };
}

/** Body of op 28: a commit by references only, then a bare Welcome if the commit adds someone. Null for anything else. */
export function parseCommitWelcome(bytes: Uint8Array): CommitWelcome | null {
  const reader = new MlsReader(bytes);
  if (reader.u16() !== MLS10 || reader.u16() !== PUBLIC_MESSAGE) return null;
  reader.vec(); // group id
  const epoch = Number(reader.u64());
  if (reader.u8() !== SENDER_MEMBER) return null;
  const senderLeaf = reader.u32();
  reader.vec(); // authenticated data
  if (reader.u8() !== CONTENT_COMMIT) return null;
  const list = new MlsReader(reader.vec());
  const refs: Buffer[] = [];
  while (list.leftBytes > 0) {
    if (list.u8() !== BY_REFERENCE) return null;
    refs.push(Buffer.from(list.vec()));
  }
  const hasPath = reader.u8() === 1;
  if (hasPath && readLeafNode(reader) === null) return null;
  if (hasPath) reader.vec(); // path nodes
  for (let tag = 0; tag < 3; tag += 1) reader.vec(); // signature, confirmation tag, membership tag
  if (reader.isBroken || list.isBroken) return null;
  const commit = Buffer.from(bytes.subarray(0, reader.at));
  if (reader.leftBytes === 0) return { epoch, senderLeaf, refs, commit, welcome: null };
  const welcome = Buffer.from(bytes.subarray(reader.at));
  return readWelcome(welcome) === null ? null : { epoch, senderLeaf, refs, commit, welcome };
}

/** The same Welcome with the secrets of the named receivers only; null when it is no Welcome. */
export function welcomeFor(
  welcome: Uint8Array,
  keyPackageRefs: readonly Uint8Array[],
): Buffer | null {
  const read = readWelcome(welcome);
  if (read === null) return null;
  const kept = read.secrets.filter(({ ref }) => keyPackageRefs.some((one) => ref.equals(one)));
  const secrets = Buffer.concat(kept.map(({ bytes }) => bytes));
  return Buffer.concat([u16(read.suite), vec(secrets), vec(read.groupInfo)]);
}

/** Body of op 27, operation 0: whole proposal messages. */
export function appendProposals(proposals: readonly { readonly message: Buffer }[]): Buffer {
  return Buffer.concat([u8(0), vec(Buffer.concat(proposals.map(({ message }) => message)))]);
}

/** Body of op 27, operation 1: references of withdrawn proposals. */
export function revokeProposals(proposals: readonly { readonly ref: Buffer }[]): Buffer {
  return Buffer.concat([u8(1), vec(Buffer.concat(proposals.map(({ ref }) => vec(ref))))]);
}

/** What an MLS signature is made over (RFC 9420 §5.1.2). */
export function labelled(label: string, content: Uint8Array): Buffer {
  return Buffer.concat([vec(Buffer.from(`MLS 1.0 ${label}`)), vec(content)]);
}

/** MakeKeyPackageRef and MakeProposalRef (RFC 9420 §5.2). */
export function refHash(label: string, value: Uint8Array): Buffer {
  return createHash('sha256').update(labelled(label, value)).digest();
}

/** What is read of a LeafNode (RFC 9420 §7.2). */
export interface LeafNode {
  readonly signatureKey: Buffer;
  readonly identity: Buffer;
  /** Where in the reader the signed part ends. */
  readonly signedUpTo: number;
  readonly signature: Buffer;
}

/** Reads a LeafNode. Null when the credential is not a basic one; bytes that end too soon show in `reader.isBroken`. */
export function readLeafNode(reader: MlsReader): LeafNode | null {
  reader.vec(); // encryption key
  const signatureKey = reader.vec();
  if (reader.u16() !== CREDENTIAL_BASIC) return null;
  const identity = reader.vec();
  for (let list = 0; list < 5; list += 1) reader.vec(); // versions, suites, extensions, proposals, credentials
  const source = reader.u8();
  if (source === LEAF_FROM_KEY_PACKAGE) reader.take(16); // lifetime
  if (source === LEAF_FROM_COMMIT) reader.vec(); // parent hash
  reader.vec(); // extensions
  const signedUpTo = reader.at;
  return { signatureKey, identity, signedUpTo, signature: reader.vec() };
}

/** Entries that a list of a message may have: more than a voice channel has members. */
export const MOST_ENTRIES = 1_024;

/** Reads a bare Welcome (RFC 9420 §12.4.3): one secret for each key package, named by its ref. Null when it is none. */
export function readWelcome(bytes: Uint8Array): {
  readonly suite: number;
  readonly secrets: readonly { readonly ref: Buffer; readonly bytes: Buffer }[];
  readonly groupInfo: Buffer;
} | null {
  const reader = new MlsReader(bytes);
  const suite = reader.u16();
  const list = new MlsReader(reader.vec());
  const groupInfo = reader.vec();
  const secrets: { ref: Buffer; bytes: Buffer }[] = [];
  while (list.leftBytes > 0) {
    const from = list.at;
    const ref = list.vec();
    if (ref.byteLength !== REF_BYTES || secrets.length === MOST_ENTRIES) return null;
    list.vec(); // HPKE kem output
    list.vec(); // ciphertext
    secrets.push({ ref, bytes: list.bytes.subarray(from, list.at) });
  }
  if (reader.isBroken || list.isBroken || reader.leftBytes > 0) return null;
  return { suite, secrets, groupInfo };
}

/** Body of op 25 (RFC 9420 §12.1.8.1): a P-256 key and a basic credential, and nothing else. */
export function isExternalSender(bytes: Uint8Array): boolean {
  const reader = new MlsReader(bytes);
  const point = reader.vec();
  const credential = reader.u16();
  reader.vec(); // identity
  const isWhole = !reader.isBroken && reader.leftBytes === 0;
  return isWhole && credential === CREDENTIAL_BASIC && toPublicKey(point) !== null;
}

function isSigned(
  { label, content, by }: { label: string; content: Uint8Array; by: Buffer },
  point: Buffer,
): boolean {
  const key = toPublicKey(point);
  return key !== null && verify('sha256', labelled(label, content), key, by);
}

/** Null unless the bytes are an uncompressed point of P-256 (65 bytes). */
function toPublicKey(point: Buffer): KeyObject | null {
  if (point.byteLength !== POINT_BYTES || point[0] !== 4) return null;
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  const coordinates = { x: x.toString('base64url'), y: y.toString('base64url') };
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', ...coordinates } });
  } catch {
    return null; // OpenSSL says so for coordinates off the curve
  }
}
