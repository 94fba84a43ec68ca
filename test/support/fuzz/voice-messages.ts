import type { DaveMessage } from '../../../main/dave/dave-messages.ts';
import { VoiceFeed } from '../../../main/link/voice-feed.ts';
import { ReceivedSeq } from '../../../main/voice/received-seq.ts';
import {
  isStep,
  parseBinaryFrame,
  parseTextFrame,
  type VoiceFrame,
} from '../../../main/voice/voice-messages.ts';
import { DaveCrowd, type DaveClient, type ServerMessage } from '../dave-crowd.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { changedBytes } from './changed-bytes.ts';
import { changedJson, hugeJson, type Json } from './changed-json.ts';
import { FuzzRun, type FuzzReport } from './fuzz-run.ts';

const key = new Array<number>(32).fill(7);
const modes = ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'];
const ids = ['158049329150427137', '158533742254751744', '175533742254751745'];

/** Text messages of the voice gateway, one of each kind. */
const MESSAGES: readonly Json[] = [
  { op: 8, d: { heartbeat_interval: 13_750, v: 8 } },
  { op: 2, d: { ssrc: 77, ip: '127.0.0.1', port: 50_000, modes, experiments: [] } },
  { op: 4, d: { mode: modes[0] ?? '', secret_key: key, dave_protocol_version: 1 } },
  { op: 9, d: null },
  { op: 3, d: 5 },
  { op: 6, d: { t: 1 } },
  { op: 5, d: { ssrc: 78, user_id: ids[1] ?? '', speaking: 1 }, seq: 3 },
  { op: 12, d: { audio_ssrc: 78, video_ssrc: 0, user_id: ids[1] ?? '' }, seq: 4 },
  { op: 11, d: { user_ids: ids }, seq: 5 },
  { op: 13, d: { user_id: ids[2] ?? '' }, seq: 6 },
  { op: 18, d: { user_id: ids[2] ?? '', flags: 3 }, seq: 7 },
  { op: 21, d: { transition_id: 3, protocol_version: 1 }, seq: 8 },
  { op: 22, d: { transition_id: 3 }, seq: 9 },
  { op: 24, d: { transition_id: 0, protocol_version: 1, epoch: 1 }, seq: 10 },
];

const BINARY_OPS = [25, 27, 29, 30];

/** Messages of one voice connection. */
const MESSAGES_A_CONNECTION = 2_000;

/** Largest message, in characters: as many as the voice gateway's socket takes. */
const HUGE = 2_000_000;
const HUGE_SHARE = 0.000_2;
const LARGE = 3_000;

/** Gives wrong messages of the voice gateway, text and binary, to the parsers, the voice feed and the DAVE session. */
export function fuzzVoiceMessages(options: {
  readonly count: number;
  readonly seed: number;
}): FuzzReport {
  const random = new SeededRandom(options.seed);
  const run = new FuzzRun({ kind: 'voice gateway messages', ...options });
  while (run.goesOn) {
    using crowd = new DaveCrowd();
    crowd.join();
    crowd.deliverAll();
    const ours = new Ours(crowd.join());
    crowd.deliverAll();
    const last = Math.min(run.tried + MESSAGES_A_CONNECTION, options.count);
    while (run.tried < last) {
      if (random.next() < 0.3) {
        const bytes = binaryFrame(crowd.recent, random);
        run.try(bytes, () => ours.take(parseBinaryFrame(bytes)));
      } else {
        const message = MESSAGES[random.integer(MESSAGES.length)] ?? null;
        const isHuge = random.next() < HUGE_SHARE;
        const text = isHuge ? hugeJson(message, random, HUGE) : changedJson(message, random, LARGE);
        run.try(text, () => ours.take(parseTextFrame(text)));
      }
    }
  }
  return run.report();
}

function binaryFrame(recent: readonly ServerMessage[], random: SeededRandom): Uint8Array {
  const bodies = recent.flatMap(({ body }) => (Buffer.isBuffer(body) ? [body] : []));
  const [body, other] = [bodies, bodies].map((all) => all[random.integer(all.length)]);
  const op = BINARY_OPS[random.integer(BINARY_OPS.length)] ?? 25;
  const frame = Buffer.concat([Buffer.of(0, 7, op), body ?? Buffer.alloc(0)]);
  return changedBytes(frame, random, other);
}

/** Our end of one voice connection without its sockets. */
class Ours {
  readonly #client: DaveClient;
  readonly #received = new ReceivedSeq();
  readonly #feed = new VoiceFeed();

  constructor(client: DaveClient) {
    this.#client = client;
  }

  take(frame: VoiceFrame | null): string {
    if (frame === null) return 'no frame';
    if (frame.seq !== null) this.#received.take(frame.seq);
    const { message } = frame;
    if (message === 'unknown') return 'another op';
    if (message === 'malformed') return `op ${String(frame.op)} malformed`;
    if (isStep(message)) return message.kind;
    const { session } = this.#client;
    switch (message.kind) {
      case 'heartbeat-asked':
      case 'heartbeat-ack':
        break;
      case 'ssrc-named':
        this.#feed.name(message.ssrc, message.userId);
        break;
      case 'clients-connect':
        session.clientsConnect(message.userIds);
        break;
      case 'client-disconnect':
        session.clientDisconnect(message.userId);
        break;
      case 'dave-prepare-transition':
      case 'dave-execute-transition':
      case 'dave-prepare-epoch':
      case 'dave-external-sender':
      case 'dave-proposals':
      case 'dave-announce-commit':
      case 'dave-welcome':
        return this.#takeDave(message);
    }
    return message.kind;
  }

  #takeDave(message: DaveMessage): string {
    const before = this.#client.recoveries;
    this.#client.session.handle(message);
    this.#client.outbox.length = 0;
    this.#client.states.length = 0;
    return this.#client.recoveries > before ? `${message.kind}, recovered` : message.kind;
  }
}
