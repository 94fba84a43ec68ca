import type { Session } from '../session/session.ts';
import { DONE, refusal, type Outcome, type Refusal } from './outcome.ts';

type LiveSession = Pick<Session, 'pause' | 'resume' | 'mark' | 'noteMarker'>;

/** The keys that mean something only while something is recorded: otherwise they are refused and change nothing. */
export class RecordingKeys {
  readonly #live: () => LiveSession | null;

  /** `live` gives the recording under way. */
  constructor(live: () => LiveSession | null) {
    this.#live = live;
  }

  pause(): Outcome {
    const session = this.#live();
    if (session === null) return refusal('bad-request');
    session.pause();
    return DONE;
  }

  resume(): Outcome {
    const session = this.#live();
    if (session === null) return refusal('bad-request');
    session.resume();
    return DONE;
  }

  mark(note: string): { readonly ok: true; readonly marker: number } | Refusal {
    const marker = this.#live()?.mark(note) ?? null;
    return marker === null ? refusal('bad-request') : { ok: true, marker };
  }

  noteMarker({ marker, note }: { readonly marker: number; readonly note: string }): Outcome {
    return this.#live()?.noteMarker(marker, note) === true ? DONE : refusal('bad-request');
  }
}
