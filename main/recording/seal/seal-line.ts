import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../../base/json.ts';
import type { SealKey } from './seal-key.ts';

/** What `seal` is in the first line. */
export const SEAL_VERSION = 1;

/** Longer than the closing line of a thousand tracks; a longer line is none of ours. */
const MOST_LINE_BYTES = 1024 * 1024;

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The first `bytes` of a file, and the SHA-256 of them. */
const claim = z.object({ bytes: count, sha256 });
export type SealClaim = z.infer<typeof claim>;

const lineSchema = z.object({
  /** Counts the lines from 0. */
  n: count,
  at: z.iso.datetime(),
  /** Length of the recording when this was on the disk, in samples. */
  samples: count,
  /** Only in the first line: version of this format. */
  seal: z.literal(SEAL_VERSION).optional(),
  /** Only in the first line: of sample 0. */
  startedAt: z.iso.datetime().optional(),
  /**
   * Whose signatures follow, as in `SealKey`; null: nothing is signed. In the first line, and in a line that another
   * installation adds.
   */
  publicKey: z.string().max(256).nullable().optional(),
  /** Where it changed: state of the end-to-end encryption, null without one. */
  e2ee: z
    .object({ epoch: count.nullable(), privacyCode: z.string().max(4_096).nullable() })
    .nullable()
    .optional(),
  /** What was done to the recording when its recording was over. */
  act: z.enum(['closed', 'recovered', 'forgotten']).optional(),
  /** With `act`: up to this sample all was as recorded when the act began. */
  sealedUntil: count.optional(),
  /**
   * By `sealName`: files that grew since the line before; with `act`, whole files that the
   * act wrote. Null for those that were removed.
   */
  files: z.record(z.string().max(1_024), claim.nullable()),
  /** SHA-256 of the line before, without its line feed; null in the first line. */
  previous: sha256.nullable(),
  /** Base64 of the Ed25519 signature of this line's text without this field. */
  signature: z.string().max(128).optional(),
});
export type SealLine = z.infer<typeof lineSchema>;

/** A line as read. */
export interface ReadSealLine {
  readonly line: SealLine;
  /** What the signature is of: the line as it would stand without `signature`, its last field. */
  readonly signedBytes: Uint8Array;
}

/**
 * A file as the lines name it: a track by its number alone, `tracks/02`, since the person's name, which its file bears,
 * can be taken out of a recording and not out of a chain. `file` in NFC.
 */
export function sealName(file: string): string {
  return file.replace(/^(tracks\/\d+)-.*$/su, '$1');
}

/** The line's text without a line feed; `key` null: not signed. */
export function writeSealLine(line: Omit<SealLine, 'signature'>, key: SealKey | null): string {
  const text = JSON.stringify(line);
  if (key === null) return text;
  return `${text.slice(0, -1)},"signature":"${key.sign(Buffer.from(text))}"}`;
}

const SIGNATURE = /,"signature":"[A-Za-z0-9+/=]*"\}$/;

/** Parses a line without its line feed. Null when it is none of ours. */
export function parseSealLine(bytes: Uint8Array): ReadSealLine | null {
  if (bytes.byteLength > MOST_LINE_BYTES) return null;
  const text = Buffer.from(bytes).toString('utf8');
  const { data } = lineSchema.safeParse(parseJson(text));
  if (data === undefined) return null;
  return { line: data, signedBytes: Buffer.from(text.replace(SIGNATURE, '}')) };
}

/** What the next line's `previous` is. */
export function hashLine(line: string | Uint8Array): string {
  return createHash('sha256').update(line).digest('hex');
}
