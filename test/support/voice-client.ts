import { silentLog } from '../../main/base/log.ts';
import type { Log } from '../../main/base/log.ts';
import { systemClock } from '../../main/base/clock.ts';
import { VoiceConnection } from '../../main/voice/voice-connection.ts';
import type { VoiceError } from '../../main/voice/voice-error.ts';
import type { MediaKind, MediaSink } from '../../main/rtp/media-sink.ts';
import type { VoiceControl } from '../../main/voice/voice-control.ts';
import type { FakeVoiceServer } from './fake-voice-server.ts';

/** Nobody but the voice server tells who is there. */
export const NOBODY = { in: () => [], subscribe: () => () => undefined };

/** Calls of a connection's media sink and control, in order, one line each; datagrams and errors apart. */
export interface Heard {
  readonly calls: string[];
  readonly datagrams: {
    readonly hex: string;
    readonly kind: MediaKind;
    readonly arrivedAtMs: number;
  }[];
  readonly errors: VoiceError[];
  readonly media: MediaSink;
  readonly control: VoiceControl;
  /** Waits for what `find` gives, asked again after every call. */
  until<T>(find: () => T | undefined | false): Promise<T>;
}

export function listen(): Heard {
  const calls: string[] = [];
  const datagrams: Heard['datagrams'] = [];
  const errors: VoiceError[] = [];
  const changes = new Set<() => void>();
  const note = (call: string): void => {
    calls.push(call);
    for (const change of changes) change();
  };
  const media: MediaSink = {
    receive(datagram, kind, arrivedAtMs) {
      datagrams.push({ hex: Buffer.from(datagram).toString('hex'), kind, arrivedAtMs });
      for (const change of changes) change();
    },
    name: (ssrc, userId) => note(`speaking ${String(ssrc)} ${userId}`),
    left: (userId) => note(`left ${userId}`),
    keysChanged: () => note('keys'),
  };
  const control: VoiceControl = {
    onE2ee: ({ version, epoch }) => note(`e2ee ${String(version)} ${String(epoch)}`),
    onResuming: () => note('resuming'),
    onResumed: () => note('resumed'),
    onClosed(error) {
      errors.push(error);
      note(`closed ${error.reason}`);
    },
  };
  const until = async <T>(find: () => T | undefined | false): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          changes.delete(wake);
          resolve();
        };
        changes.add(wake);
      });
    }
  };
  return { calls, datagrams, errors, media, control, until };
}

/** The session that `openVoice` identifies with. */
export const CREDENTIALS = {
  guildId: '41771983423143937',
  channelId: '127121515262115840',
  userId: '104694319306248192',
  sessionId: 'my-session-id',
  token: 'my-token',
};

export function openVoice(
  server: FakeVoiceServer,
  {
    heard = listen(),
    log = silentLog,
    maxDaveVersion = 0,
  }: { heard?: Heard; log?: Log; maxDaveVersion?: number } = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<VoiceConnection> {
  return VoiceConnection.open(
    {
      server: { ...CREDENTIALS, endpoint: server.endpoint, scheme: 'ws' },
      maxDaveVersion,
      people: NOBODY,
      log,
      clock: systemClock,
      media: heard.media,
      control: heard.control,
    },
    signal,
  );
}

/** Kinds of the sockets that this process has open. Timers are not counted, as vitest has its own. */
export function openSockets(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => /TCP|UDP|TLS/.test(kind))
    .sort();
}

/** The same, once no more are open than `before`, or after 1000 rounds of the event loop. */
export async function socketsAfterClose(before: readonly string[]): Promise<string[]> {
  for (let round = 0; round < 1_000 && openSockets().length > before.length; round += 1)
    await new Promise((resolve) => setImmediate(resolve));
  return openSockets();
}
