import type { RecordingSessionSnapshot, SpeakerSnapshot } from '../../preload/contract/snapshot.ts';

/** The same person through the whole recording, also before their track or name is known. */
export function speakerKey({ userId, track, name }: SpeakerSnapshot): string {
  return userId ?? track ?? name;
}

/** Those whose sound cannot be decrypted just now, in the order of their lanes. */
export function undecryptablePeople({
  speakers,
}: RecordingSessionSnapshot): readonly SpeakerSnapshot[] {
  return speakers.filter(({ undecryptableFromSamples }) => undecryptableFromSamples !== null);
}
