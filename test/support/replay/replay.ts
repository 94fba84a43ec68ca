import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sleep } from '../../../main/base/wait.ts';
import { GUILD_ID, guildCreate, ready } from '../discord-payloads.ts';
import { type FakeConnection, FakeDiscord } from '../fake-discord.ts';
import { FakeVoiceServer } from '../fake-voice-server.ts';
import { type FlightLine, flightLines } from '../flight.ts';
import { field, MadeUp } from './made-up.ts';

/** What a client has to send before the record goes on; heartbeats and end-to-end encryption are not waited for. */
const AWAITED = { gateway: new Set([2, 4, 6]), voice: new Set([0, 1, 7]) };

/** What the fake servers answer by themselves: heartbeats. */
const ANSWERED = { gateway: 11, voice: 6 };

const OP_VOICE_STATE = 4;
const NORMAL_CLOSE = 1000;
const CUT = 1006;

/** Half a minute of a record may pass in so long. */
const LONGEST_PAUSE_MS = 200;

/**
 * A Discord on loopback that does what a flight record says it did: its frames with made-up values, in their order and
 * time, and its closes. Binary messages of end-to-end encryption and sound are left out.
 */
export class Replay implements AsyncDisposable {
  readonly discord: FakeDiscord;
  readonly voice: FakeVoiceServer;
  readonly lines: readonly FlightLine[];
  readonly #speed: number;
  readonly #made: MadeUp;
  readonly #seen = new Map<FakeConnection, number>();
  #gateway: FakeConnection | null = null;
  #voices = 0;

  private constructor(
    servers: { readonly discord: FakeDiscord; readonly voice: FakeVoiceServer },
    lines: readonly FlightLine[],
    speed: number,
  ) {
    this.discord = servers.discord;
    this.voice = servers.voice;
    this.lines = lines;
    this.#speed = speed;
    this.#made = new MadeUp(lines);
  }

  /** Opens the record `name` of test/support/replay/records; `speed` divides its pauses. */
  static async open(name: string, speed = 10): Promise<Replay> {
    const file = path.join(import.meta.dirname, 'records', `${name}.jsonl`);
    const lines = flightLines(await readFile(file, 'utf8'));
    const isUdpAnswered = lines.some(({ kind }) => kind === 'discovery');
    const discord = await FakeDiscord.start();
    const voice = await FakeVoiceServer.start({
      silentFrom: 1, // Hello stands in the record
      ignoredDiscoveries: isUdpAnswered ? 0 : Infinity,
      onMessage: ({ op }) => AWAITED.voice.has(op),
    });
    return new Replay({ discord, voice }, lines, speed);
  }

  /** The failure that the record told the user, as its code; null when there was none. */
  get failure(): unknown {
    return this.lines.findLast(({ kind }) => kind === 'failure')?.['code'] ?? null;
  }

  /** Plays up to where the client left the channel by itself. Rejects when the client does not do its part. */
  async play(): Promise<void> {
    let atMs = 0;
    const script = this.lines.slice(0, this.#end());
    for (const [index, line] of script.entries()) {
      const pauseMs = ((line.ms ?? 0) - atMs) / this.#speed;
      atMs = line.ms ?? atMs;
      if (pauseMs >= 1) await sleep(Math.min(pauseMs, LONGEST_PAUSE_MS));
      await this.#act(line, script[index + 1]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.discord[Symbol.asyncDispose]();
    await this.voice.close();
  }

  #end(): number {
    const isOpening = ({ kind }: FlightLine): boolean => kind === 'voice-open';
    const isLeaving = (line: FlightLine): boolean =>
      line.kind === 'gateway' &&
      line['way'] === 'out' &&
      line['op'] === OP_VOICE_STATE &&
      field(line['d'], 'channel_id') === null;
    const last = this.lines.findLastIndex(isOpening);
    const leaves = this.lines.findIndex((line, index) => index > last && isLeaving(line));
    return leaves < 0 ? this.lines.length : leaves;
  }

  async #act(line: FlightLine, next: FlightLine | undefined): Promise<void> {
    const isIn = line['way'] === 'in';
    switch (line.kind ?? '') {
      case 'gateway-open':
        this.#gateway = await this.discord.nextConnection();
        break;
      case 'voice-open': {
        const connection = (this.#voices += 1);
        await this.voice.until(() => this.voice.paths.length >= connection);
        break;
      }
      case 'gateway':
        if (isIn) this.#dispatch(line, next);
        else await this.#awaitGateway(line);
        break;
      case 'voice':
        if (isIn) this.#say(line);
        else await this.#awaitVoice(line);
        break;
      case 'gateway-end':
        if (line['by'] === 'theirs') this.#closeGateway(Number(line['code']));
        break;
      case 'voice-end':
        this.#closeVoice(Number(line['code']));
    }
  }

  async #awaitGateway(line: FlightLine): Promise<void> {
    const op = Number(line['op']);
    if (AWAITED.gateway.has(op)) await this.#gateway?.next(op);
  }

  async #awaitVoice(line: FlightLine): Promise<void> {
    const op = Number(line['op']);
    if (AWAITED.voice.has(op)) await this.voice.message(op, this.#voices);
  }

  #dispatch(line: FlightLine, next: FlightLine | undefined): void {
    const [op, type, sequence] = [Number(line['op']), line['t'], Number(line['s'] ?? 0)];
    if (op === ANSWERED.gateway || this.#gateway === null) return;
    if (op !== 0)
      return this.#gateway.send({ op, d: this.#made.value(line['d']), s: null, t: null });
    const data = this.#payload(line, next);
    if (data !== null) this.#gateway.dispatch(String(type), data, sequence);
  }

  /** Null for a dispatch that the record keeps only the members of. */
  #payload(line: FlightLine, next: FlightLine | undefined): object | null {
    const own = this.#made.value(line['own']);
    switch (line['t']) {
      case 'READY':
        return ready(this.#ownSession(), { resume_gateway_url: this.discord.resumeUrl });
      case 'GUILD_CREATE':
        return this.#isFirst() ? guildCreate() : null;
      case 'RESUMED':
        return {};
      case 'VOICE_STATE_UPDATE':
        return typeof own === 'object' && own !== null ? { ...own } : null;
      case 'VOICE_SERVER_UPDATE': {
        const isNamed = typeof next?.['endpoint'] === 'string';
        const token = isNamed ? this.#made.value(next['token']) : '';
        return { token, guild_id: GUILD_ID, endpoint: isNamed ? this.voice.endpoint : null };
      }
      default:
        return null;
    }
  }

  /** The session that our own voice states name, as Discord has it. */
  #ownSession(): string {
    const own = this.lines.find((line) => line['own'] !== undefined)?.['own'];
    return String(this.#made.value(field(own, 'session_id') ?? '#session'));
  }

  #isFirst(): boolean {
    if (this.#gateway === null) return false;
    const count = (this.#seen.get(this.#gateway) ?? 0) + 1;
    this.#seen.set(this.#gateway, count);
    return count === 1;
  }

  #say(line: FlightLine): void {
    const [op, seq] = [Number(line['op']), line['seq']];
    if (op === ANSWERED.voice || line['sha256'] !== undefined) return;
    const d = this.#made.value(line['d']);
    const here = op === 2 ? { ip: '127.0.0.1', port: this.voice.udpPort } : {};
    const whole = typeof d === 'object' && d !== null ? { ...d, ...here } : d;
    this.voice.sendJson(op, whole, typeof seq === 'number' ? seq : null);
  }

  #closeGateway(code: number): void {
    if (code === CUT) this.#gateway?.socket.terminate();
    else this.#gateway?.socket.close(code);
  }

  /** A close with 1000 was the client's own. */
  #closeVoice(code: number): void {
    if (code === CUT) this.voice.cutSocket();
    else if (code !== NORMAL_CLOSE) this.voice.closeSocket(code);
  }
}
