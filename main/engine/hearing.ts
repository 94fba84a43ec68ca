import { OpusDecoder } from '../audio/opus-decoder.ts';
import type { FlightLog } from '../base/flight-log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { MediaKind, MediaSink } from '../rtp/media-sink.ts';
import { parseRtpPacket, type RtpPacket } from '../rtp/rtp-packet.ts';
import { isEmptyPayload } from '../rtp/rtp-payload.ts';
import { sequenceDistance } from '../rtp/sequence.ts';
import { SsrcNames } from '../rtp/ssrc-names.ts';
import type { TransportCipher } from '../rtp/transport-cipher.ts';

/** More than talk at once in ten seconds; packets of more SSRCs are counted only. */
const MOST_VOICES = 32;

/** What opens the packets of the voice session that is listened to. */
export interface HearingKeys {
  readonly cipher: Pick<TransportCipher, 'open'>;
  readonly dave: {
    readonly state: { readonly version: number; readonly epoch: number | null };
    readonly members: readonly Snowflake[];
    open(userId: Snowflake, frame: Uint8Array): Uint8Array | null;
  };
}

/** What came of listening. */
export interface Heard {
  /** RTP packets with the payload type of Opus. */
  readonly packets: number;
  /** Numbers that were missing between them. */
  readonly lost: number;
  /** Packets that the transport's key opened. */
  readonly opened: number;
  /** Frames that no key opened although we were in the call's group. */
  readonly locked: number;
  /** Frames of nobody that the voice server has named. */
  readonly unnamed: number;
  /** Opus packets that became sound; silence is sound too. */
  readonly decoded: number;
  /** Who was heard, each once. */
  readonly people: readonly Snowflake[];
}

interface VoiceHeard {
  userId: Snowflake | null;
  highest: number;
  readonly decoder: OpusDecoder;
}

/** Listens to a call and keeps counts of what comes; no sound is kept. */
export class Hearing implements MediaSink {
  readonly #keys: HearingKeys;
  readonly #flight: FlightLog;
  readonly #names = new SsrcNames();
  readonly #voices = new Map<number, VoiceHeard>();
  readonly #people = new Set<Snowflake>();
  readonly #counts = { packets: 0, lost: 0, opened: 0, locked: 0, unnamed: 0, decoded: 0 };

  constructor(keys: HearingKeys, flight: FlightLog) {
    this.#keys = keys;
    this.#flight = flight;
  }

  get heard(): Heard {
    return { ...this.#counts, people: [...this.#people] };
  }

  receive(datagram: Uint8Array, kind: MediaKind): void {
    const packet = kind === 'rtp' ? parseRtpPacket(datagram) : null;
    if (packet === null) return;
    this.#counts.packets += 1;
    const payload = this.#keys.cipher.open(packet);
    this.#flight.packet(
      payload === null ? 'transport-auth' : 'transport-opened',
      payload ?? datagram,
    );
    if (payload === null) return;
    this.#counts.opened += 1;
    const voice = this.#voice(packet);
    if (voice !== null && !isEmptyPayload(payload)) this.#listen(voice, packet.ssrc, payload);
  }

  name(ssrc: number, userId: Snowflake): void {
    this.#names.name(ssrc, userId);
  }

  left(userId: Snowflake): void {
    this.#names.left(userId);
  }

  keysChanged(): void {
    // Frames that came before their key are in no count.
  }

  #voice({ ssrc, sequence }: RtpPacket): VoiceHeard | null {
    const known = this.#voices.get(ssrc);
    if (known !== undefined) {
      const ahead = sequenceDistance(sequence, known.highest);
      if (ahead > 0) {
        this.#counts.lost += ahead - 1;
        known.highest = sequence;
      } else if (ahead < 0) {
        this.#counts.lost = Math.max(0, this.#counts.lost - 1); // late, and taken for lost before
      }
      return known;
    }
    if (this.#voices.size >= MOST_VOICES) return null;
    const voice: VoiceHeard = { userId: null, highest: sequence, decoder: new OpusDecoder() };
    this.#voices.set(ssrc, voice);
    return voice;
  }

  #listen(voice: VoiceHeard, ssrc: number, payload: Uint8Array): void {
    voice.userId ??= this.#names.userOf(ssrc);
    const opus = this.#open(voice, payload);
    if (opus === null) return this.#missed(voice);
    if (voice.decoder.decode(opus).length === 0) return;
    this.#counts.decoded += 1;
    if (voice.userId === null) this.#counts.unnamed += 1;
    else this.#people.add(voice.userId);
  }

  /** The Opus packet in a frame; who sent it is tried out where nobody was named. */
  #open(voice: VoiceHeard, payload: Uint8Array): Uint8Array | null {
    const { dave } = this.#keys;
    if (voice.userId !== null) return dave.open(voice.userId, payload);
    if (dave.state.version === 0) return payload;
    for (const userId of dave.members) {
      const opus = dave.open(userId, payload);
      if (opus === null) continue;
      if (opus !== payload) voice.userId = userId;
      return opus;
    }
    return null;
  }

  #missed(voice: VoiceHeard): void {
    if (this.#keys.dave.state.epoch === null) return; // nobody has let us in yet
    if (voice.userId === null) this.#counts.unnamed += 1;
    this.#counts.locked += 1;
  }
}

/** What is wrong with what was heard; null: nothing. */
export type HearingFault = 'nothing' | 'transport' | 'locked' | 'undecodable';

/** The first stage of the way from packet to sound at which most was lost. */
export function hearingFault({ packets, opened, locked, decoded }: Heard): HearingFault | null {
  if (packets === 0) return 'nothing';
  if (opened < packets / 2) return 'transport';
  if (locked > decoded) return 'locked';
  return decoded === 0 ? 'undecodable' : null;
}
