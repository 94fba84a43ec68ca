import type { LinkedVoice } from '../../main/link/link-state.ts';
import { createTransportCipher } from '../../main/rtp/transport-cipher.ts';

/** A voice session of which nothing is heard. */
export class FakeLinkedVoice implements LinkedVoice {
  readonly cipher = createTransportCipher('aead_aes256_gcm_rtpsize', new Uint8Array(32));
  readonly transportOpened = { openedCount: 0, refusedCount: 0, openedAtMs: null };
  readonly dave = {
    opened: this.transportOpened,
    state: { version: 0, epoch: null, privacyCode: null, transitions: 0 },
    members: [],
    open: (_userId: string, frame: Uint8Array): Uint8Array => frame,
    gaveUp: (): void => undefined,
  };
  readonly unansweredForMs = 0;
  readonly heardAtMs = null;
  readonly echo = { sentCount: 0, echoedCount: 0, lastEchoAtMs: null, roundTripMs: null };
  /** Channels that this session turned out to be in. */
  readonly movedToIds: string[] = [];
  isClosed = false;

  movedTo(channelId: string): void {
    this.movedToIds.push(channelId);
  }

  setSpeaking(): void {
    // nobody listens
  }

  sendOpus(): boolean {
    return true;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}
