import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { makeOwnFolder, openPlainFile } from '../../base/plain-file.ts';
import { replaceFile } from '../../base/replace-file.ts';

/**
 * In the settings folder: an Ed25519 private key, PKCS #8 in PEM (RFC 8410).
 * @internal exported for tests
 */
export const SEAL_KEY_FILE = 'seal.key';

/** The key with which this installation signs its recordings. */
export interface SealKey {
  /** Base64 of the public key's SubjectPublicKeyInfo in DER (RFC 8410), 44 bytes. */
  readonly publicKey: string;
  /** Base64 of the Ed25519 signature, 64 bytes. */
  readonly sign: (bytes: Uint8Array) => string;
}

/**
 * The key in a settings folder; made there when there is none. Throws the system's error, NotPlainFile for a link, or an
 * Error for a file that holds no Ed25519 key: such a file is left as it is.
 */
export async function openSealKey(settingsFolder: string): Promise<SealKey> {
  const found = await readSealKey(settingsFolder);
  if (found !== null) return found;
  await makeOwnFolder(settingsFolder);
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  await replaceFile(path.join(settingsFolder, SEAL_KEY_FILE), pem);
  // Another process may have put its own there at the same moment: the one that stays is everybody's.
  return (await readSealKey(settingsFolder)) ?? toSealKey(privateKey);
}

/** As `openSealKey`, but makes none: null when there is none. */
export async function readSealKey(settingsFolder: string): Promise<SealKey | null> {
  try {
    await using handle = await openPlainFile(path.join(settingsFolder, SEAL_KEY_FILE), 'read');
    return toSealKey(createPrivateKey(await handle.readFile('utf8')));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Whether `signature` (base64) is that of `bytes` by `publicKey`, as in `SealKey`; false for what is no Ed25519 key. */
export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  try {
    const der = Buffer.from(publicKey, 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, bytes, key, Buffer.from(signature, 'base64'));
  } catch {
    return false; // no key
  }
}

function toSealKey(privateKey: KeyObject): SealKey {
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new Error(`${SEAL_KEY_FILE} holds no Ed25519 key`);
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    publicKey: der.toString('base64'),
    sign: (bytes) => sign(null, bytes, privateKey).toString('base64'),
  };
}
