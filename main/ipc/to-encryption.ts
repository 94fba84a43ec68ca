import type { EncryptionSnapshot } from '../../preload/contract/snapshot.ts';
import type { SessionView } from '../session/session.ts';

/** Codes that cross the border: each coming and going makes one, and the window lists no more. */
const NEWEST_CODES = 20;

/** How private a call in that kind of channel is. A version above 0 counts, also should Discord encrypt stages. */
export function toEncryption(
  channelKind: SessionView['channel']['kind'],
  { version, privacyCode, history }: SessionView['encryption'],
): EncryptionSnapshot {
  if (version === 0) return { kind: channelKind === 'stage' ? 'stage' : 'none' };
  const codes = history.slice(-NEWEST_CODES).map(({ privacyCode: code, atWallMs }) => ({
    code,
    sinceMs: atWallMs,
  }));
  const hasOlderCodes = history.length > codes.length;
  return { kind: privacyCode === null ? 'setting-up' : 'on', codes, hasOlderCodes };
}
