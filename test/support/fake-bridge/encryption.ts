import type {
  EncryptionSnapshot,
  PrivacyCodeSnapshot,
  RecordingSessionSnapshot,
} from '../../../preload/contract/snapshot.ts';
import type { CountsAt, LostSound } from './losses.ts';

const MINUTE_MS = 60_000;

/** So long some keys of a scene have been lost. */
const LOST_SECONDS = 5;

/** 30 digits, as a call has them. */
export const FAKE_CODE = '528187102240417903551826477503';

const EARLIER = ['068841325797720149936120558474', '417350266918043775120983361957'] as const;

/** The code of a call that two people joined on the way. */
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

/** Who cannot be decrypted in each scene, by place in the list of speakers; the last of them never had a track. */
const UNDECRYPTABLE: Record<EncryptionScene, readonly number[]> = {
  stage: [],
  'not-encrypted': [],
  'setting-up-encryption': [],
  'code-changed': [],
  undecryptable: [0, 3],
  'undecryptable-many': [5, 10, 13],
};

/** 16 packets a second cannot be decrypted; five are lost otherwise. */
const withoutKey: CountsAt = (second) => ({
  packets: 20_000,
  lost: 3,
  late: 2,
  undecryptable: second * 16,
});

/** What those who cannot be decrypted in that scene have lost. */
export function keysLost(name: EncryptionScene): LostSound {
  const lost = new Map(UNDECRYPTABLE[name].map((index) => [index, withoutKey]));
  return { lost, seconds: LOST_SECONDS };
}

/** That recording, `samples` long, in that state of its encryption. */
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
