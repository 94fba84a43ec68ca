import type { E2eeState } from '../dave/dave-state.ts';

/** A code that the call had, and since when. */
export interface PrivacyCode {
  /** 30 digits. */
  readonly privacyCode: string;
  /** Milliseconds since 1970. */
  readonly atWallMs: number;
}

/** Codes kept to be looked at: a call has a new one whenever somebody comes or goes. */
const MOST_CODES = 100;

/** What is known of the end-to-end encryption of the calls of one recording, through any number of voice sessions. */
export class CallEncryption {
  #state: E2eeState = { version: 0, epoch: null, privacyCode: null, transitions: 0 };
  #history: readonly PrivacyCode[] = [];
  #transitionsBefore = 0;

  /** The newest state. */
  get state(): E2eeState {
    return this.#state;
  }

  /** The last 100 codes, oldest first; the last one is in force while the state has a code. */
  get history(): readonly PrivacyCode[] {
    return this.#history;
  }

  /** For the manifest: transitions of all voice sessions together. */
  get summary(): { readonly version: number; readonly transitions: number } {
    const { version, transitions } = this.#state;
    return { version, transitions: this.#transitionsBefore + transitions };
  }

  /** A voice session begins, whose transitions count from 0. */
  beginVoiceSession(): void {
    this.#transitionsBefore += this.#state.transitions;
    this.#state = { ...this.#state, transitions: 0 };
  }

  /** Takes the newest state. True when its version, epoch or code is another one than before. */
  update(state: E2eeState, atWallMs: number): boolean {
    const { version, epoch, privacyCode } = this.#state;
    this.#state = state;
    if (state.privacyCode !== null && state.privacyCode !== this.#history.at(-1)?.privacyCode) {
      const code = { privacyCode: state.privacyCode, atWallMs };
      this.#history = [...this.#history, code].slice(-MOST_CODES);
    }
    return version !== state.version || epoch !== state.epoch || privacyCode !== state.privacyCode;
  }
}
