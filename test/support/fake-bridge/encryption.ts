import type {
  EncryptionSnapshot,
  PrivacyCodeSnapshot,
  RecordingSessionSnapshot,
  SpeakerSnapshot,
} from '../../../preload/contract/snapshot.ts';

const MINUTE_MS = 60_000;

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

/** Who cannot be decrypted in each scene, by place in the list of speakers. */
const UNDECRYPTABLE: Record<EncryptionScene, readonly number[]> = {
  stage: [],
  'not-encrypted': [],
  'setting-up-encryption': [],
  'code-changed': [],
  undecryptable: [0, 3],
  'undecryptable-many': [5, 10, 13],
};

/** That recording in that state of its encryption, as it is that many seconds after some keys were lost. */
export function withEncryption(
  session: RecordingSessionSnapshot,
  name: EncryptionScene,
  seconds: number,
): RecordingSessionSnapshot {
  const speakers = withoutKeys(session.speakers, UNDECRYPTABLE[name], seconds);
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

/** The last of those affected never had a track. */
function withoutKeys(
  speakers: readonly SpeakerSnapshot[],
  affected: readonly number[],
  seconds: number,
): readonly SpeakerSnapshot[] {
  return speakers.map((speaker, index) => {
    if (!affected.includes(index)) return { ...speaker, packets: speaker.packets + seconds * 50 };
    if (index === affected.at(-1))
      return { ...speaker, track: null, packets: 0, cannotDecrypt: true };
    const undecryptablePackets = seconds * 16;
    const latePackets = 2;
    const lostPackets = undecryptablePackets + latePackets + 3;
    return { ...speaker, cannotDecrypt: true, undecryptablePackets, latePackets, lostPackets };
  });
}
