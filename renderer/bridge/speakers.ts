import type { RecordingSessionSnapshot, SpeakerSnapshot } from '../../preload/contract/snapshot.ts';

/** A key that stays the same for a person through the whole recording, also before their track or name is known. */
export function speakerKey({ userId, track, name }: SpeakerSnapshot): string {
  return userId ?? track ?? name;
}

/** Speakers who cannot be decrypted at present, in the order of their lanes. */
export function undecryptablePeople({
  speakers,
}: RecordingSessionSnapshot): readonly SpeakerSnapshot[] {
  return speakers.filter(({ undecryptableFromSamples }) => undecryptableFromSamples !== null);
}
