import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';

const message = z.looseObject({
  op: z.number(),
  d: z.unknown(),
  s: z.number().nullish(),
  t: z.string().nullish(),
  seq: z.number().optional(),
});
export type Message = z.output<typeof message>;

/** A WebSocket that sends what it is told to and keeps all that it receives, for tests of the demo server. */
export class RawSocket implements AsyncDisposable {
  readonly received: Message[] = [];
  /** Resolves to the close code. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #looks = new Set<() => void>();
  #taken = 0;

  constructor(url: string, options: { readonly ca?: Buffer } = {}) {
    this.#socket = new WebSocket(url, options);
    this.#socket.on('error', () => undefined); // tests look at the close code
    this.#socket.on('message', (data, isBinary) => {
      if (!Buffer.isBuffer(data)) return;
      const parsed = isBinary ? parseBinary(data) : parseMessage(data.toString('utf8'));
      if (parsed === null) return; // a scenario of the demo server sends broken messages
      this.received.push(parsed);
      for (const look of this.#looks) look();
    });
    this.closed = new Promise((resolve) => this.#socket.on('close', resolve));
  }

  send(op: number, d: unknown): void {
    this.sendText(JSON.stringify({ op, d }));
  }

  sendText(text: string | Buffer): void {
    this.#socket.send(text);
  }

  /** The next message that fits, after the last one taken; messages between are skipped. */
  next(fits: (one: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const at = this.received.findIndex((one, index) => index >= this.#taken && fits(one));
        const found = this.received[at];
        if (found === undefined) return;
        this.#taken = at + 1;
        this.#looks.delete(look);
        resolve(found);
      };
      this.#looks.add(look);
      void this.closed.then((code) => reject(new Error(`closed with ${String(code)}`)));
      look();
    });
  }

  /** Calls back with every message received so far and later. */
  listen(onMessage: (one: Message) => void): void {
    let told = 0;
    const look = (): void => {
      for (const one of this.received.slice(told)) {
        told += 1;
        onMessage(one);
      }
    };
    this.#looks.add(look);
    look();
  }

  op(op: number): Promise<Message> {
    return this.next((one) => one.op === op);
  }

  event(t: string): Promise<Message> {
    return this.next((one) => one.t === t);
  }

  async close(code?: number): Promise<void> {
    this.#socket.close(code);
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** `u16 seq | u8 op | body`; `d` is the body. */
function parseBinary(data: Buffer): Message | null {
  if (data.byteLength < 3) return null;
  return { seq: data.readUInt16BE(), op: data.readUInt8(2), d: data.subarray(3) };
}

function parseMessage(text: string): Message | null {
  try {
    return message.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export const properties = { os: 'linux', browser: 'test', device: 'test' };

/** An array in an array, `depth` deep. */
export function nested(depth: number): unknown {
  return Array.from({ length: depth - 1 }).reduce((inner) => [inner], []);
}

/** Host and port of REST and the main gateway. */
export function hostOf(demo: DemoServer): string {
  return new URL(demo.apiUrl).host;
}

/** Connects to the main gateway and reads Hello. */
export async function openMain(demo: DemoServer): Promise<RawSocket> {
  const socket = new RawSocket(`ws://${hostOf(demo)}/?v=10&encoding=json`);
  await socket.op(10);
  return socket;
}

const ready = z.object({ session_id: z.string(), resume_gateway_url: z.string() });

/** Connects to the main gateway, identifies, and reads READY and both guilds. */
export async function signIn(
  demo: DemoServer,
  options: { readonly token?: string; readonly intents?: number } = {},
): Promise<{ socket: RawSocket; sessionId: string }> {
  const socket = await openMain(demo);
  const { token = demo.token, intents = 129 } = options;
  socket.send(2, { token, intents, properties });
  const { session_id: sessionId } = ready.parse((await socket.event('READY')).d);
  await socket.event('GUILD_CREATE');
  await socket.event('GUILD_CREATE');
  return { socket, sessionId };
}

const serverUpdate = z.object({ token: z.string(), endpoint: z.string() });

export interface Joined {
  readonly main: RawSocket;
  readonly endpoint: string;
  /** `d` of a voice Identify; with `max_dave_protocol_version` 1. */
  readonly identify: {
    readonly server_id: string;
    readonly user_id: string;
    readonly session_id: string;
    readonly token: string;
    readonly max_dave_protocol_version: number;
  };
}

/** Signs in and joins a voice channel, `demo.channelId` when none is named. */
export async function join(
  demo: DemoServer,
  options: { readonly token?: string; readonly channelId?: string } = {},
): Promise<Joined> {
  const { socket: main, sessionId } = await signIn(demo, options);
  const { channelId = demo.channelId } = options;
  const target = { guild_id: demo.guildId, channel_id: channelId };
  main.send(4, { ...target, self_mute: false, self_deaf: false });
  const { token, endpoint } = serverUpdate.parse((await main.event('VOICE_SERVER_UPDATE')).d);
  const isOther = options.token === demo.otherToken;
  const userId = (isOther ? demo.setting.otherBot : demo.setting.bot).userId;
  return {
    main,
    endpoint,
    identify: {
      server_id: demo.guildId,
      user_id: userId,
      session_id: sessionId,
      token,
      max_dave_protocol_version: 1,
    },
  };
}

/** Connects to the voice gateway and reads Hello. */
export async function openVoice(endpoint: string, version = '8'): Promise<RawSocket> {
  const socket = new RawSocket(`ws://${endpoint}/?v=${version}`);
  await socket.op(8);
  return socket;
}

/** A UDP socket that keeps all that it receives. */
export class RawUdp implements AsyncDisposable {
  readonly received: Buffer[] = [];
  readonly #socket: Socket = createSocket('udp4');
  readonly #looks = new Set<() => void>();
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
    this.#socket.on('message', (datagram) => {
      this.received.push(datagram);
      for (const look of this.#looks) look();
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(datagram: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.send(datagram, this.#port, '127.0.0.1', () => resolve());
    });
  }

  /** Resolves as soon as the datagrams received so far fulfil the condition. */
  until(isSo: (received: readonly Buffer[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isSo(this.received)) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Sends the 74-byte discovery request; resolves with the answer. */
  async discover(ssrc: number): Promise<Buffer> {
    const request = Buffer.alloc(74);
    request.writeUInt32BE(0x0001_0046, 0);
    request.writeUInt32BE(ssrc, 4);
    await this.send(request);
    const isAnswer = (one: Buffer): boolean => one.byteLength === 74 && one[1] === 2;
    await this.until((received) => received.some(isAnswer));
    return this.received.find(isAnswer) ?? Buffer.alloc(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }
}
