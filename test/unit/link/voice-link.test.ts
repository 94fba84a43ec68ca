import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../../main/base/log.ts';
import type { ChannelInfo } from '../../../main/discord/guild-directory.ts';
import type { LinkHandlers } from '../../../main/link/link-state.ts';
import { VoiceFeed } from '../../../main/link/voice-feed.ts';
import { VoiceLink } from '../../../main/link/voice-link.ts';
import { closeError } from '../../../main/voice/voice-error.ts';
import { GUILD_ID, LOUNGE_ID, STAGE_ID } from '../../support/discord-payloads.ts';
import { FakeLinkGateway } from '../../support/fake-link-gateway.ts';
import { FakeLinkedVoice } from '../../support/fake-linked-voice.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = { monotonicMs: () => Date.now(), wallMs: () => Date.now() };

/** A handshake with a voice server, for the test to end. */
interface Handshake {
  readonly channelId: string;
  readonly token: string;
  readonly feed: VoiceFeed;
  readonly signal: AbortSignal;
  /** Gives the voice session that it opens. */
  succeed(): FakeLinkedVoice;
  fail(closeCode: number): void;
}

/** An open link in the lounge, with its gateway, its feed and the handshakes that follow. */
function open() {
  const gateway = new FakeLinkGateway(clock);
  const target = { guildId: GUILD_ID, channelId: LOUNGE_ID };
  gateway.tellState(LOUNGE_ID);
  gateway.tellServer('first');
  const first = { ...target, token: 'first', endpoint: 'voice.example:443' };
  gateway.useVoice({ ...first, userId: '', sessionId: '', scheme: 'wss' });
  const handlers = {
    media: { receive: vi.fn(), name: vi.fn(), keysChanged: vi.fn() },
    onE2ee: vi.fn(),
    onOpen: vi.fn(),
    onLost: vi.fn(),
    onDeaf: vi.fn(),
    onVoidSessions: vi.fn(),
    onMoved: vi.fn(),
    onFinal: vi.fn(),
    onChange: vi.fn(),
  } satisfies LinkHandlers;
  const feed = new VoiceFeed();
  const voice = new FakeLinkedVoice();
  const handshakes: Handshake[] = [];
  const link = new VoiceLink({ gateway, log: silentLog, clock }, lounge(gateway), {
    voice,
    feed,
    handlers,
    open: (_context, { server, feed: next }, signal) => {
      gateway.useVoice(server);
      return new Promise((resolve, reject) => {
        const { channelId, token } = server;
        const succeed = (): FakeLinkedVoice => {
          const opened = new FakeLinkedVoice();
          resolve(opened);
          return opened;
        };
        const fail = (closeCode: number): void => {
          gateway.releaseVoice(GUILD_ID);
          reject(closeError(closeCode, ''));
        };
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
        handshakes.push({ channelId, token, feed: next, signal, succeed, fail });
      });
    },
  });
  const stop = { [Symbol.asyncDispose]: () => link.close() };
  return { gateway, voice, feed, handlers, handshakes, ...stop };
}

function lounge({ directory }: FakeLinkGateway): ChannelInfo {
  const channel = directory.channel(LOUNGE_ID);
  if (channel === null) throw new Error('the fake guild has no lounge');
  return channel;
}

describe('a voice link', () => {
  test('follows the bot to another channel, without joining', async () => {
    await using call = open();
    call.gateway.tellState(STAGE_ID);
    expect(call.handlers.onMoved).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ id: STAGE_ID, name: 'Talk' }),
    );
    expect(call.handlers.onLost).toHaveBeenCalledExactlyOnceWith(null);
    expect(call.voice.isClosed).toBe(true);
    call.gateway.tellServer('second');
    await vi.advanceTimersByTimeAsync(0);
    expect(call.handshakes).toMatchObject([{ channelId: STAGE_ID, token: 'second' }]);
    expect(call.gateway.sent).toEqual([]);
  });

  test('lets the gateway name the same server again once its connection is over', async () => {
    await using call = open();
    call.feed.onClosed(closeError(4014, ''));
    call.gateway.tellServer('first');
    await vi.advanceTimersByTimeAsync(0);
    expect(call.handshakes).toMatchObject([{ channelId: LOUNGE_ID, token: 'first' }]);
  });

  test.for([
    [4014, 'kicked'],
    [4022, 'call-ended'],
  ] as const)('sent away with %i, and the seat empty: %s after 1 s', async ([code, end]) => {
    await using call = open();
    call.feed.onClosed(closeError(code, ''));
    call.gateway.tellState(null);
    await vi.advanceTimersByTimeAsync(999);
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(call.handlers.onFinal).toHaveBeenCalledExactlyOnceWith(end);
  });

  test('sent away with 4022, and no other news: call-ended after 5 s', async () => {
    await using call = open();
    call.feed.onClosed(closeError(4022, ''));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(call.handlers.onFinal).toHaveBeenCalledExactlyOnceWith('call-ended');
  });

  test('sent away with 4014, and the seat still ours: joins again after 5 s', async () => {
    await using call = open();
    call.feed.onClosed(closeError(4014, ''));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(call.gateway.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(call.gateway.sent).toEqual([null, LOUNGE_ID]);
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
  });

  test('ignores events of a connection that it has replaced', async () => {
    await using call = open();
    call.gateway.tellState(STAGE_ID);
    const told = call.handlers.onChange.mock.calls.length;
    call.feed.onResuming();
    call.feed.onClosed(closeError(4012, '')); // from an open connection this close code ends the recording
    call.feed.name(1, '5');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(call.handlers.onChange).toHaveBeenCalledTimes(told);
    expect(call.handlers.onLost).toHaveBeenCalledOnce();
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
    expect(call.handlers.media.name).not.toHaveBeenCalled();
  });

  test('ignores every event once it is closed', async () => {
    const { gateway, ...rest } = open();
    expect(gateway.eventNames()).not.toEqual([]);
    await rest[Symbol.asyncDispose]();
    expect(gateway.eventNames()).toEqual([]);
    expect(gateway.sent).toEqual([null]);
  });
});
