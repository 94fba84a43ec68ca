import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../../main/base/log.ts';
import type { Gateway } from '../../../main/discord/gateway.ts';
import type { ChannelInfo } from '../../../main/discord/guild-directory.ts';
import type { VoiceStateChange } from '../../../main/discord/voice-state.ts';
import { VoiceFeed } from '../../../main/link/voice-feed.ts';
import { type LinkHandlers, VoiceLink } from '../../../main/link/voice-link.ts';
import type { VoiceConnection } from '../../../main/voice/voice-connection.ts';
import { closeError } from '../../../main/voice/voice-error.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const GUILD = '1';
const never = (): Promise<never> => new Promise(() => undefined);

function channelOf(id: string): ChannelInfo {
  return {
    id,
    name: `channel ${id}`,
    kind: 'voice',
    guildId: GUILD,
    guildName: 'server',
    position: 0,
    userLimit: 0,
    people: [],
    permissions: 0n,
    hidden: false,
  };
}

/** A VOICE_STATE_UPDATE of the bot: in that channel, or in none. */
function ownState(after: string | null): VoiceStateChange {
  return {
    guildId: GUILD,
    userId: '9',
    before: '2',
    after,
    sessionId: 'session',
    person: {
      userId: '9',
      name: 'bot',
      bot: true,
      muted: true,
      deafened: false,
      sessionId: 'session',
    },
    own: true,
    foreign: false,
    deaf: false,
    wasDeaf: false,
    mute: false,
  };
}

/** An open link in channel 2, with its gateway and feed. The gateway never names another voice server. */
function open() {
  const gateway = Object.assign(new EventEmitter(), {
    connection: 'connected',
    directory: { channel: channelOf, ownChannelId: () => null },
    followVoice: vi.fn(never),
    joinVoice: vi.fn(never),
    leaveVoice: vi.fn(),
  });
  const voice = {
    unansweredForMs: 0,
    heardAtMs: null,
    echo: { lastEchoAtMs: null },
    close: vi.fn(() => Promise.resolve()),
  };
  const handlers = {
    media: { receive: vi.fn(), name: vi.fn(), keysChanged: vi.fn() },
    onE2ee: vi.fn(),
    onOpen: vi.fn(),
    onLost: vi.fn(),
    onDeaf: vi.fn(),
    onMoved: vi.fn(),
    onFinal: vi.fn(),
    onChange: vi.fn(),
  } satisfies LinkHandlers;
  const feed = new VoiceFeed();
  const link = new VoiceLink(
    {
      apiUrl: new URL('http://localhost'),
      // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the members that a link uses
      gateway: gateway as unknown as Gateway,
      log: silentLog,
      clock: { monotonicMs: () => Date.now(), wallMs: () => Date.now() },
    },
    channelOf('2'),
    {
      // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the members that a link uses
      voice: voice as unknown as VoiceConnection,
      feed,
      handlers,
    },
  );
  return { gateway, voice, feed, handlers, [Symbol.asyncDispose]: () => link.close() };
}

describe('a voice link', () => {
  test('follows the bot to another channel, without joining', async () => {
    await using call = open();
    call.gateway.emit('voice-state', ownState('3'));
    expect(call.handlers.onMoved).toHaveBeenCalledExactlyOnceWith(channelOf('3'));
    expect(call.handlers.onLost).toHaveBeenCalledExactlyOnceWith(null);
    expect(call.voice.close).toHaveBeenCalledOnce();
    const target = { guildId: GUILD, channelId: '3' };
    expect(call.gateway.followVoice.mock.calls).toEqual([[target, expect.any(AbortSignal)]]);
    expect(call.gateway.joinVoice).not.toHaveBeenCalled();
  });

  test.for([
    [4014, 'kicked'],
    [4022, 'call-ended'],
  ] as const)('closed with %i and without a voice state: %s after 1 s', async ([code, end]) => {
    await using call = open();
    call.feed.onClosed(closeError(code, ''));
    call.gateway.emit('voice-state', ownState(null));
    await vi.advanceTimersByTimeAsync(999);
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(call.handlers.onFinal).toHaveBeenCalledExactlyOnceWith(end);
  });

  test.for([
    [4014, 'kicked'],
    [4022, 'call-ended'],
  ] as const)('sent away with %i, and no other news: %s after 5 s', async ([code, end]) => {
    await using call = open();
    call.feed.onClosed(closeError(code, ''));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(call.handlers.onFinal).toHaveBeenCalledExactlyOnceWith(end);
  });

  test('ignores events of a connection that it has replaced', async () => {
    await using call = open();
    call.gateway.emit('voice-state', ownState('3'));
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
    expect(gateway.leaveVoice).toHaveBeenCalledExactlyOnceWith(GUILD);
  });
});
