import { backoffMs } from '../base/backoff.ts';
import type { Opened } from '../base/openings.ts';
import { toError } from '../base/errors.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { sleep } from '../base/wait.ts';
import type { DaveCommand } from '../dave/dave-messages.ts';
import { DaveSession } from '../dave/dave-session.ts';
import type { TransportCipher } from '../rtp/transport-cipher.ts';
import { closeMeaning } from './close-codes.ts';
import { shakeHands } from './handshake.ts';
import type { ModeChoice, VoiceOptions, VoiceSession } from './handshake.ts';
import type { KeepaliveEcho } from './keepalive.ts';
import { resumeSession } from './resume.ts';
import { closeError, VoiceError } from './voice-error.ts';
import type { VoiceGateway } from './voice-gateway.ts';
import { VOICE_OPCODE } from './voice-opcodes.ts';

/** Close code of a server that does not know the transport mode we selected. */
const UNKNOWN_MODE = 4016;

/** A socket that closes within 5 s of its opening is short-lived. */
const GOOD_MS = 5_000;

/** Short-lived sockets in a row that are resumed; behind them a fresh join is the better way. */
const SHORT_LIVED_AT_MOST = 5;

/** Pauses before resuming, from the second short-lived socket in a row on. */
const PAUSES = { firstMs: 500, mostMs: 4_000 };

/** Bits of op 5. */
const SPEAKING = { silent: 0, microphone: 1 } as const;

/** `resuming` keeps what is to be sent until the session goes on; UDP and keys stay through all but `closed`. */
type VoiceState =
  | { readonly kind: 'open'; readonly gateway: VoiceGateway }
  | {
      readonly kind: 'resuming';
      readonly sinceMs: number;
      readonly outbox: ((gateway: VoiceGateway) => void)[];
    }
  | { readonly kind: 'closed' };

/**
 * One voice session: its WebSocket, resumed whenever Discord's close codes allow, and its UDP socket and keys, which
 * live through a resume, so that media flows on. When resuming fails, the session ends with `onClosed`; joining again
 * is for the caller.
 */
export class VoiceConnection implements AsyncDisposable {
  /** This session's end-to-end encryption: opens people's frames. */
  readonly dave: DaveSession;
  readonly #options: VoiceOptions;
  readonly #session: VoiceSession;
  readonly #cancel = new AbortController();
  readonly #unsubscribe: () => void;
  readonly #life: Promise<void>;
  #state: VoiceState;

  /**
   * Opens a voice session. Throws VoiceError, or the signal's reason; nothing is left open then. `media` and `control`
   * may be called before `open` resolves.
   */
  static async open(options: VoiceOptions, signal: AbortSignal): Promise<VoiceConnection> {
    let chosen: string | null = null;
    const onChosen = (mode: string): void => {
      chosen = mode;
    };
    try {
      return await VoiceConnection.#connect(options, { refused: null, onChosen }, signal);
    } catch (error) {
      if (!(error instanceof VoiceError) || error.closeCode !== UNKNOWN_MODE) throw error;
      options.log.warn('server refused a mode it offered', { mode: chosen });
      return await VoiceConnection.#connect(options, { refused: chosen, onChosen }, signal).catch(
        (cause: unknown) => {
          if (signal.aborted) throw toError(cause);
          throw error; // The refusal (4016) says more than the failure of the second try.
        },
      );
    }
  }

  static async #connect(
    options: VoiceOptions,
    choice: ModeChoice,
    signal: AbortSignal,
  ): Promise<VoiceConnection> {
    const { server, clock, log, media, control, people } = options;
    let connection: VoiceConnection | null = null;
    const dave = new DaveSession({
      userId: server.userId,
      channelId: server.channelId,
      clock,
      log: log.child('dave'),
      send: (command) => connection?.sendDave(command),
      onState: (state) => control.onE2ee(state),
      onKeys: () => media.keysChanged(clock.monotonicMs()),
      peopleIn: (channelId) => people.in(channelId),
    });
    try {
      const session = await shakeHands(options, { ...choice, dave }, signal);
      connection = new VoiceConnection(options, session, dave);
      dave.begin(session.daveVersion); // its answers go out through `connection`
      return connection;
    } catch (error) {
      dave.close();
      throw error;
    }
  }

  private constructor(options: VoiceOptions, session: VoiceSession, dave: DaveSession) {
    this.#options = options;
    this.#session = session;
    this.dave = dave;
    this.#state = { kind: 'open', gateway: session.gateway };
    this.#unsubscribe = options.people.subscribe(() => dave.peopleChanged());
    this.#life = this.#live(session.gateway);
  }

  /** SSRC of the packets that we send in this session. */
  get ssrc(): number {
    return this.#session.ssrc;
  }

  /** Opens and seals this session's RTP and RTCP. */
  get cipher(): TransportCipher {
    return this.#session.cipher;
  }

  /** The server's own name of the transport mode. */
  get modeName(): string {
    return this.#session.modeName;
  }

  /** Version of end-to-end encryption that the call began with; 0 for none. The version in use is in `dave.state`. */
  get daveVersion(): number {
    return this.#session.daveVersion;
  }

  /**
   * Milliseconds for which the voice gateway has owed us an answer, or has been gone; 0 when neither, Infinity once
   * closed.
   */
  get unansweredForMs(): number {
    switch (this.#state.kind) {
      case 'open':
        return this.#state.gateway.unansweredForMs;
      case 'resuming':
        return this.#options.clock.monotonicMs() - this.#state.sinceMs;
      case 'closed':
        return Infinity;
    }
  }

  /** What the echoes of this session's keepalives tell. */
  get echo(): KeepaliveEcho {
    return this.#session.udp.echo;
  }

  /** How many packets so far the transport's key opened. */
  get transportOpened(): Opened {
    return this.#session.cipher.openings.sum;
  }

  /** When RTP, RTCP or anything unknown came last, on the monotonic clock; null before the first datagram. */
  get heardAtMs(): number | null {
    return this.#session.udp.heardAtMs;
  }

  /** Op 5: `microphone` before sound of ours, `silent` after it. */
  setSpeaking(speaking: keyof typeof SPEAKING): void {
    const d = { speaking: SPEAKING[speaking], delay: 0, ssrc: this.ssrc };
    this.#send((gateway) => gateway.send(VOICE_OPCODE.speaking, d));
  }

  /**
   * Sends one Opus packet as RTP, encrypted as the call is; pacing is for the caller. False, and nothing sent, while we
   * have no keys, and once the session is over. Meant for the notice that people hear.
   */
  sendOpus(opus: Uint8Array, durationSamples: number): boolean {
    if (this.#state.kind === 'closed') return false;
    const frame = this.dave.seal(opus);
    if (frame === null) return false;
    const { sender, udp } = this.#session;
    udp.send(sender.seal({ opus: frame, durationSamples }, this.#options.clock.monotonicMs()));
    return true;
  }

  /** Sends an answer of end-to-end encryption (op 23, 26, 28 or 31); while resuming, once the session goes on. */
  sendDave(command: DaveCommand): void {
    this.#send((gateway) => {
      switch (command.kind) {
        case 'transition-ready':
          return gateway.send(VOICE_OPCODE.daveTransitionReady, {
            transition_id: command.transitionId,
          });
        case 'invalid-commit-welcome':
          return gateway.send(VOICE_OPCODE.daveInvalidCommitWelcome, {
            transition_id: command.transitionId,
          });
        case 'key-package':
          return gateway.sendBinary(VOICE_OPCODE.daveKeyPackage, command.body);
        case 'commit-welcome':
          return gateway.sendBinary(VOICE_OPCODE.daveCommitWelcome, command.body);
      }
    });
  }

  /** The channel of this session turned out to be another one, as happens when its server was named first. */
  movedTo(channelId: Snowflake): void {
    this.dave.movedTo(channelId);
  }

  /** Ends the session with 1000. No handler is called after the call; resolves when everything is released. */
  async close(): Promise<void> {
    this.#cancel.abort(new Error('voice connection closed'));
    await Promise.all([this.#release(), this.#life]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Lives from the open session to its end: waits for the socket to close and resumes, as long as that is possible. */
  async #live(first: VoiceGateway): Promise<void> {
    const { clock, log } = this.#options;
    let gateway = first;
    let shortLived = 0;
    try {
      for (;;) {
        const openedAtMs = clock.monotonicMs();
        const { code, text } = await gateway.closed;
        if (this.#cancel.signal.aborted) return;
        log.info('voice gateway closed', { code, text });
        if (closeMeaning(code) !== null) throw closeError(code, text);
        shortLived = clock.monotonicMs() - openedAtMs < GOOD_MS ? shortLived + 1 : 0;
        if (shortLived > SHORT_LIVED_AT_MOST)
          throw new VoiceError('session-invalid', 'resumed sockets break at once');
        gateway = await this.#resume(shortLived);
      }
    } catch (error) {
      await this.#release();
      if (this.#cancel.signal.aborted) return;
      this.#options.control.onClosed(
        error instanceof VoiceError
          ? error
          : new VoiceError('protocol', 'voice connection failed', { cause: error }),
      );
    }
  }

  /**
   * Opens the session's WebSocket again. `shortLived`: how many sockets in a row, this one included, were short-lived.
   */
  async #resume(shortLived: number): Promise<VoiceGateway> {
    const outbox: ((gateway: VoiceGateway) => void)[] = [];
    const nowMs = this.#options.clock.monotonicMs();
    const sinceMs = this.#state.kind === 'resuming' ? this.#state.sinceMs : nowMs;
    this.#state = { kind: 'resuming', sinceMs, outbox };
    this.#options.control.onResuming();
    const { gatewayOptions } = this.#session;
    if (shortLived > 1) await sleep(backoffMs(PAUSES, shortLived - 1), this.#cancel.signal);
    const gateway = await resumeSession(this.#options.server, gatewayOptions, this.#cancel.signal);
    if (this.#cancel.signal.aborted) {
      await gateway.close();
      throw toError(this.#cancel.signal.reason);
    }
    this.#state = { kind: 'open', gateway };
    for (const send of outbox) send(gateway);
    this.dave.resumed();
    this.#options.control.onResumed();
    return gateway;
  }

  #send(send: (gateway: VoiceGateway) => void): void {
    switch (this.#state.kind) {
      case 'open':
        return send(this.#state.gateway);
      case 'resuming':
        this.#state.outbox.push(send);
        return;
      case 'closed':
        return;
    }
  }

  async #release(): Promise<void> {
    const before = this.#state;
    this.#state = { kind: 'closed' };
    this.#unsubscribe();
    this.dave.close();
    const gatewayClosed = before.kind === 'open' ? before.gateway.close() : null;
    await Promise.all([this.#session.udp.close(), gatewayClosed]);
  }
}
