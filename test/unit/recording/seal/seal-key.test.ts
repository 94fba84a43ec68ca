import { generateKeyPairSync } from 'node:crypto';
import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  isSignedBy,
  openSealKey,
  readSealKey,
  SEAL_KEY_FILE,
} from '../../../../main/recording/seal/seal-key.ts';
import { scratchFolder } from '../../../support/scratch-folder.ts';

const TEXT = Buffer.from('what was recorded');

/** RFC 8032, section 7.1, test 3: public key behind the 12 bytes that every Ed25519 key has in DER, message, signature. */
const RFC_8032 = {
  publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
  message: 'af82',
  signature:
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
    '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
};

describe('seal key', () => {
  test('is made once, for this user alone, and stays', async () => {
    const folder = path.join(await scratchFolder(), 'settings');
    expect(await readSealKey(folder)).toBeNull();
    const made = await openSealKey(folder);
    const file = path.join(folder, SEAL_KEY_FILE);
    const pem = await readFile(file, 'utf8');
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await openSealKey(folder);
    expect(again.publicKey).toBe(made.publicKey);
    expect(await readFile(file, 'utf8')).toBe(pem);
    expect(isSignedBy(made.publicKey, TEXT, again.sign(TEXT))).toBe(true);
  });

  test('signs nothing but what it signed', async () => {
    const [one, two] = [
      await openSealKey(await scratchFolder()),
      await openSealKey(await scratchFolder()),
    ];
    const signature = one.sign(TEXT);
    expect(isSignedBy(two.publicKey, TEXT, signature)).toBe(false);
    expect(isSignedBy(one.publicKey, Buffer.from('another text'), signature)).toBe(false);
    for (let end = 0; end < signature.length - 2; end += 1)
      expect(isSignedBy(one.publicKey, TEXT, signature.slice(0, end))).toBe(false);
    for (let end = 0; end < one.publicKey.length - 2; end += 1)
      expect(isSignedBy(one.publicKey.slice(0, end), TEXT, signature)).toBe(false);
  });

  test('is checked as RFC 8032 says', () => {
    const der = Buffer.from(`302a300506032b6570032100${RFC_8032.publicKey}`, 'hex');
    const signature = Buffer.from(RFC_8032.signature, 'hex').toString('base64');
    const message = Buffer.from(RFC_8032.message, 'hex');
    expect(isSignedBy(der.toString('base64'), message, signature)).toBe(true);
    expect(isSignedBy(der.toString('base64'), Buffer.from('af83', 'hex'), signature)).toBe(false);
  });

  test('that cannot be read is neither used nor replaced', async () => {
    const folder = await scratchFolder();
    const file = path.join(folder, SEAL_KEY_FILE);
    const pem = generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
    for (const text of ['', 'no key', pem]) {
      await writeFile(file, text);
      await expect(openSealKey(folder)).rejects.toThrow();
      expect(await readFile(file, 'utf8')).toBe(text);
    }
  });

  test.skipIf(process.platform === 'win32')('is not read through a link', async () => {
    const folder = await scratchFolder();
    const other = await scratchFolder();
    await openSealKey(other);
    await symlink(path.join(other, SEAL_KEY_FILE), path.join(folder, SEAL_KEY_FILE));
    await expect(openSealKey(folder)).rejects.toMatchObject({ reason: 'not-plain' });
  });
});
