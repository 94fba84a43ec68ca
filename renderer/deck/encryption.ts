import { isFresh } from '../bridge/news.ts';
import { undecryptablePeople } from '../bridge/speakers.ts';
import type {
  EncryptionSnapshot,
  PrivacyCodeSnapshot,
  RecordingSessionSnapshot,
  SpeakerSnapshot,
} from '../../preload/contract/snapshot.ts';

/** The encryption of the call as the badge shows it. */
export type EncryptionState =
  | { readonly kind: 'stage' | 'none' | 'setting-up' }
  | { readonly kind: 'encrypted' | 'changed'; readonly code: PrivacyCodeSnapshot }
  | {
      readonly kind: 'failing';
      /** Speakers who cannot be decrypted at present; never empty. */
      readonly people: readonly SpeakerSnapshot[];
      /** Their packets of 20 ms that could not be decrypted so far. */
      readonly lostPackets: number;
    };

export function encryptionOf(session: RecordingSessionSnapshot, nowMs: number): EncryptionState {
  const { encryption } = session;
  const people = undecryptablePeople(session);
  if (people.length > 0) {
    const lostPackets = people.reduce((sum, one) => sum + one.undecryptablePackets, 0);
    return { kind: 'failing', people, lostPackets };
  }
  switch (encryption.kind) {
    case 'stage':
    case 'none':
    case 'setting-up':
      return { kind: encryption.kind };
    case 'on': {
      const code = encryption.codes.at(-1);
      if (code === undefined) return { kind: 'setting-up' };
      return { kind: isCodeFresh(encryption, nowMs) ? 'changed' : 'encrypted', code };
    }
  }
}

/** Whether the badge can be opened: there is a code, an earlier one, or lost sound. */
export function hasDetails(
  { encryption }: RecordingSessionSnapshot,
  state: EncryptionState,
): boolean {
  return state.kind === 'failing' || ('codes' in encryption && encryption.codes.length > 0);
}

/**
 * The code that the call took in place of another; null while it has none or its first.
 * @internal exported for tests
 */
export function changedCode(encryption: EncryptionSnapshot): PrivacyCodeSnapshot | null {
  if (encryption.kind !== 'on') return null;
  const { codes, hasOlderCodes } = encryption;
  return codes.length > 1 || hasOlderCodes ? (codes.at(-1) ?? null) : null;
}

/** Whether the call's code changed in the last 10 s. */
export function isCodeFresh(encryption: EncryptionSnapshot, nowMs: number): boolean {
  const changed = changedCode(encryption);
  return changed !== null && isFresh(changed.sinceMs, nowMs);
}

/** The digits in groups of five. */
export function codeGroups(code: string): readonly string[] {
  return code.match(/.{1,5}/gu) ?? [];
}
