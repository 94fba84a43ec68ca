import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ResourceStack } from '../base/resource-stack.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { startDeadline } from '../base/wait.ts';
import type { DaveSession } from '../dave/dave-session.ts';
import type { MediaSink } from '../rtp/media-sink.ts';
import { SILENCE_FRAME } from '../audio/opus-silence.ts';
import { chooseTransportMode, isTransportMode } from '../rtp/transport-modes.ts';
import { ReceivedSeq } from './received-seq.ts';
import { RtpSender } from './rtp-sender.ts';
import { SessionCipher } from './session-cipher.ts';
import { VoiceError } from './voice-error.ts';
import { VoiceGateway } from './voice-gateway.ts';
import type { VoiceGatewayOptions } from './voice-gateway.ts';
import type { CallMessage, VoiceMessageOf } from './voice-messages.ts';
import type { VoiceControl } from './voice-control.ts';
import { VOICE_OPCODE } from './voice-opcodes.ts';
import type { VoiceServer } from './voice-server.ts';
import { VoiceUdp } from './voice-udp.ts';

/** Limit of the whole handshake, IP discovery's 5 s included; libraries use 15 to 30 s. */
const HANDSHAKE_LIMIT_MS = 20_000;

/** From the start of connecting to Hello, which comes unasked. */
export const HELLO_LIMIT_MS = 10_000;

/** As many end a talkspurt, and open the way for incoming media at some servers. */
const SILENCE_FRAME_COUNT = 5;
const SILENCE_FRAME_SAMPLES = 960;

/** What a voice connection is opened with. */
export interface VoiceOptions {
  readonly server: VoiceServer;
  /** Highest version of end-to-end encryption that we speak; 0 for none. */
  readonly maxDaveVersion: number;
  readonly log: Log;
  readonly clock: Clock;
  /** Takes datagrams, names and changes of keys, from the first message on. */
  readonly media: MediaSink;
  readonly control: VoiceControl;
  readonly people: ChannelPeople;
}

/** Who is in voice channels, as others than the voice server tell. */
export interface ChannelPeople {
  in(channelId: Snowflake): readonly Snowflake[];
  /** Calls `listener` after changes; the result ends that. */
  subscribe(listener: () => void): () => void;
}

/** What a handshake leaves open; whoever has it closes `gateway` and `udp`. */
export interface VoiceSession {
  readonly gateway: VoiceGateway;
  readonly gatewayOptions: VoiceGatewayOptions;
  readonly udp: VoiceUdp;
  readonly ssrc: number;
  readonly cipher: SessionCipher;
  /** The server's own name of the transport mode. */
  readonly modeName: string;
  /** Version of end-to-end encryption that the call begins with; 0 for none. */
  readonly daveVersion: number;
  readonly sender: RtpSender;
}

/**
 * Which transport mode is selected. `refused` is a mode that the server offered and then refused with 4016, or null;
 * `onChosen` is called with the mode that is selected.
 */
export interface ModeChoice {
  readonly refused: string | null;
  readonly onChosen: (mode: string) => void;
}

/** What each handshake of a connection has for itself. */
export interface Attempt extends ModeChoice {
  /** Told about the call from the first message on; to be begun by the caller when the session is open. */
  readonly dave: DaveSession;
}

/**
 * Runs Discord's handshake from an unconnected socket to keepalives, with `options.media` attached from the first
 * message on. Throws VoiceError, or the signal's reason; nothing is left open then.
 */
export async function shakeHands(
  options: VoiceOptions,
  { refused, onChosen, dave }: Attempt,
  signal: AbortSignal,
): Promise<VoiceSession> {
  const { server, log, clock, media } = options;
  if (server.scheme === null)
    throw new VoiceError('unreachable', `voice host ${server.endpoint} is refused`);
  const gatewayOptions: VoiceGatewayOptions = {
    url: `${server.scheme}://${server.endpoint}/?v=8`,
    log,
    clock,
    received: new ReceivedSeq(),
    onMessage: (message) => {
      if (message.kind === 'session-description') rekey(message, cipher, log);
      else deliver(message, media, dave);
    },
  };
  let cipher: SessionCipher | null = null;
  using deadline = startDeadline(
    {
      limitMs: HANDSHAKE_LIMIT_MS,
      onLimit: () => new VoiceError('unreachable', 'voice handshake took more than 20 s'),
    },
    signal,
  );
  const stack = new ResourceStack();
  const waitFor = (step: string, awaited: string | null): void =>
    log.flight.step({ of: 'voice', step, limitMs: HANDSHAKE_LIMIT_MS, awaited });
  try {
    const gateway = stack.use(await openGreeted(gatewayOptions, deadline.signal));
    const alive = AbortSignal.any([deadline.signal, gateway.lost]);
    gateway.send(VOICE_OPCODE.identify, {
      server_id: server.guildId,
      user_id: server.userId,
      session_id: server.sessionId,
      token: server.token,
      max_dave_protocol_version: options.maxDaveVersion,
    });
    waitFor('voice-ready', 'op 2');
    const ready = await gateway.expect('ready', alive);
    const { ssrc } = ready;
    const wanted = chooseTransportMode(ready.modes.filter((mode) => mode !== refused));
    if (wanted === null)
      throw new VoiceError('no-transport-mode', `server offers ${ready.modes.join(', ')}`);
    onChosen(wanted);

    const udp = stack.use(await VoiceUdp.open({ server: ready.address, log, clock, media }, alive));
    const own = await udp.discover(ssrc, alive);
    gateway.send(VOICE_OPCODE.selectProtocol, {
      protocol: 'udp',
      data: { address: own.ip, port: own.port, mode: wanted },
    });
    waitFor('voice-session-description', 'op 4');
    const { mode, key, daveVersion } = await gateway.expect('session-description', alive);
    if (!isTransportMode(mode))
      throw new VoiceError('protocol', `asked for ${wanted}, server chose ${mode}`);
    cipher = new SessionCipher({ mode, key }, clock);
    gateway.described();

    const sender = new RtpSender({ ssrc, cipher });
    gateway.send(VOICE_OPCODE.speaking, { speaking: 0, delay: 0, ssrc });
    for (let count = 0; count < SILENCE_FRAME_COUNT; count += 1)
      udp.send(
        sender.seal(
          { opus: SILENCE_FRAME, durationSamples: SILENCE_FRAME_SAMPLES },
          clock.monotonicMs(),
        ),
      );
    udp.startKeepalives();
    waitFor('voice-open', null);
    log.info('voice session open', { mode, daveVersion });
    stack.move(); // to the session's owner
    return { gateway, gatewayOptions, udp, ssrc, cipher, modeName: mode, daveVersion, sender };
  } catch (error) {
    await stack.close();
    throw error;
  }
}

/** A second Session Description: its key is used from here on. The version of end-to-end encryption has other ways. */
function rekey(
  { mode, key }: VoiceMessageOf<'session-description'>,
  cipher: SessionCipher | null,
  log: Log,
): void {
  if (cipher === null) return;
  if (!isTransportMode(mode))
    return log.warn('another transport key, in an unknown mode', { mode });
  if (cipher.rekey({ mode, key })) log.info('another transport key', { mode });
}

/** Hands names of SSRCs, and whose are not theirs any more, to the media sink, and everything about the call to end-to-end encryption. */
function deliver(
  message: Exclude<CallMessage, VoiceMessageOf<'session-description'>>,
  media: MediaSink,
  dave: DaveSession,
): void {
  switch (message.kind) {
    case 'ssrc-named':
      dave.clientsConnect([message.userId]);
      return media.name(message.ssrc, message.userId);
    case 'clients-connect':
      return dave.clientsConnect(message.userIds);
    case 'client-disconnect':
      dave.clientDisconnect(message.userId);
      return media.left(message.userId);
    case 'dave-prepare-transition':
    case 'dave-execute-transition':
    case 'dave-prepare-epoch':
    case 'dave-external-sender':
    case 'dave-proposals':
    case 'dave-announce-commit':
    case 'dave-welcome':
      return dave.handle(message);
  }
}

/**
 * Opens a WebSocket, waits for Hello and starts heartbeats, all within 10 s. Throws VoiceError (`unreachable` at the
 * limit), or the signal's reason; nothing is left open then.
 */
export async function openGreeted(
  options: VoiceGatewayOptions,
  signal: AbortSignal,
): Promise<VoiceGateway> {
  using deadline = startDeadline(
    {
      limitMs: HELLO_LIMIT_MS,
      onLimit: () => new VoiceError('unreachable', 'voice gateway did not say Hello in 10 s'),
    },
    signal,
  );
  const limitMs = HELLO_LIMIT_MS;
  options.log.flight.step({ of: 'voice', step: 'voice-hello', limitMs, awaited: 'op 8' });
  const gateway = await VoiceGateway.open(options, deadline.signal);
  try {
    const hello = await gateway.expect('hello', deadline.signal);
    gateway.startHeartbeat(hello.heartbeatIntervalMs);
    return gateway;
  } catch (error) {
    await gateway.close();
    throw error;
  }
}
