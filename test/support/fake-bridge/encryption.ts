import type {
  EncryptionSnapshot,
  PrivacyCodeSnapshot,
  RecordingSessionSnapshot,
} from '../../../preload/contract/snapshot.ts';
import type { CountsAt, LostSound } from './losses.ts';

const MINUTE_MS = 60_000;

/** In the scenes with lost keys, they were lost this long ago. */
const LOST_SECONDS = 5;

/** 30 digits, as a call has them. */
export const FAKE_CODE = '528187102240417903551826477503';

const EARLIER = ['068841325797720149936120558474', '417350266918043775120983361957'] as const;

/** Encryption of a call with three privacy codes, the newest since `lastChangeAgoMs`. */
export function encrypted(lastChangeAgoMs: number): EncryptionSnapshot {
  const now = Date.now();
  const codes: readonly PrivacyCodeSnapshot[] = [
    { code: EARLIER[0], sinceMs: now - 42 * MINUTE_MS },
    { code: EARLIER[1], sinceMs: now - 23 * MINUTE_MS },
    { code: FAKE_CODE, sinceMs: now - lastChangeAgoMs },
  ];
  return { kind: 'on', codes, hasOlderCodes: false };
}

export type EncryptionScene =
  | 'stage'
  | 'not-encrypted'
  | 'setting-up-encryption'
  | 'code-changed'
  | 'undecryptable'
  | 'undecryptable-many';

export function isEncryptionScene(name: string): name is EncryptionScene {
  return Object.hasOwn(UNDECRYPTABLE, name);
}

/** Speakers who cannot be decrypted in each scene, by index in the list of speakers; the last of them has no track. */
const UNDECRYPTABLE: Record<EncryptionScene, readonly number[]> = {
  stage: [],
  'not-encrypted': [],
  'setting-up-encryption': [],
  'code-changed': [],
  undecryptable: [0, 3],
  'undecryptable-many': [5, 10, 13],
};

/** Counts of a speaker without key: 16 packets a second cannot be decrypted, five are lost in other ways. */
const withoutKey: CountsAt = (second) => ({
  packets: 20_000,
  lost: 3,
  late: 2,
  undecryptable: second * 16,
});

/** Losses of the speakers who cannot be decrypted in that scene. */
export function keysLost(name: EncryptionScene): LostSound {
  const lost = new Map(UNDECRYPTABLE[name].map((index) => [index, withoutKey]));
  return { lost, seconds: LOST_SECONDS };
}

/** `session`, which is `samples` long, with the encryption of that scene. */
export function withEncryption(
  session: RecordingSessionSnapshot,
  name: EncryptionScene,
  samples: number,
): RecordingSessionSnapshot {
  const affected = UNDECRYPTABLE[name];
  const speakers = session.speakers.map((speaker, index) => ({
    ...speaker,
    track: affected.length > 0 && index === affected.at(-1) ? null : speaker.track,
    undecryptableFromSamples: affected.includes(index) ? samples - LOST_SECONDS * 48_000 : null,
  }));
  switch (name) {
    case 'stage':
      return { ...session, speakers, channelName: 'Campfire stage', encryption: { kind: 'stage' } };
    case 'not-encrypted':
      return { ...session, speakers, encryption: { kind: 'none' } };
    case 'setting-up-encryption':
      return {
        ...session,
        speakers,
        encryption: { kind: 'setting-up', codes: [], hasOlderCodes: false },
      };
    case 'code-changed':
      return { ...session, speakers, encryption: encrypted(1000) };
    case 'undecryptable':
    case 'undecryptable-many':
      return { ...session, speakers, encryption: encrypted(10 * MINUTE_MS) };
  }
}
