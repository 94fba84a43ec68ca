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
    media: { receive: vi.fn(), name: vi.fn(), left: vi.fn(), keysChanged: vi.fn() },
    onE2ee: vi.fn(),
    onOpen: vi.fn(),
    onLost: vi.fn(),
    onUnheard: vi.fn(),
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
  return { gateway, voice, feed, handlers, handshakes, link, ...stop };
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
  ] as const)('closed with %i and without a voice state: %s after 1 s', async ([code, end]) => {
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

  test('is broken since its socket broke, also where resuming fails', async () => {
    await using call = open();
    expect(call.link.retrying).toBeNull();
    const sinceMs = clock.monotonicMs();
    call.feed.onResuming();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(call.link.retrying).toEqual({ sinceMs, attempt: 1 });
    call.feed.onClosed(closeError(4006, ''));
    await vi.advanceTimersByTimeAsync(500);
    expect(call.link.retrying).toEqual({ sinceMs, attempt: 1 });
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

/** A call whose main session was lost, and whose join was answered: the handshake is under way. */
async function shakingHands() {
  const call = open();
  call.gateway.loseSession();
  await vi.advanceTimersByTimeAsync(1);
  expect(call.gateway.sent).toEqual([LOUNGE_ID]);
  call.gateway.tellState(LOUNGE_ID);
  call.gateway.tellServer('again');
  await vi.advanceTimersByTimeAsync(0);
  const [handshake] = call.handshakes;
  if (handshake === undefined) throw new Error('no handshake has begun');
  return { ...call, handshake };
}

describe('while hands are shaken behind a join', () => {
  test('a move is told, and the voice session that opens is in the new channel', async () => {
    await using call = await shakingHands();
    call.gateway.tellState(STAGE_ID);
    expect(call.handlers.onMoved).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ id: STAGE_ID }),
    );
    const voice = call.handshake.succeed();
    await vi.advanceTimersByTimeAsync(0);
    expect(call.handlers.onOpen.mock.lastCall).toEqual([voice, 'channel-move', expect.any(Number)]);
    expect(voice.movedToIds).toEqual([STAGE_ID]);
    call.gateway.tellServer('of the stage');
    await vi.advanceTimersByTimeAsync(0);
    expect(call.handshakes.at(-1)).toMatchObject({ channelId: STAGE_ID, token: 'of the stage' });
    expect(call.gateway.sent).toEqual([LOUNGE_ID]);
  });

  test('a move whose voice server is named first is followed to that server', async () => {
    await using call = await shakingHands();
    call.gateway.tellServer('of the stage');
    call.gateway.tellState(STAGE_ID);
    await vi.advanceTimersByTimeAsync(0);
    expect(call.handshakes.at(-1)).toMatchObject({ token: 'of the stage' });
    call.handshakes.at(-1)?.succeed();
    await vi.advanceTimersByTimeAsync(0);
    expect(call.handlers.onOpen.mock.lastCall?.[1]).toBe('channel-move');
    expect(call.handlers.onMoved).toHaveBeenCalledOnce();
    expect(call.gateway.sent).toEqual([LOUNGE_ID]);
  });

  test.for(['before', 'after'] as const)(
    'a move that ends them with 4014 is not undone, its voice server named %s',
    async (order) => {
      await using call = await shakingHands();
      call.gateway.tellState(STAGE_ID);
      if (order === 'before') call.gateway.tellServer('of the stage');
      call.handshake.fail(4014);
      await vi.advanceTimersByTimeAsync(100);
      if (order === 'after') call.gateway.tellServer('of the stage');
      await vi.advanceTimersByTimeAsync(10_000);
      expect(call.handshakes.at(-1)).toMatchObject({ channelId: STAGE_ID, token: 'of the stage' });
      expect(call.gateway.sent).toEqual([LOUNGE_ID]);
      expect(call.handlers.onFinal).not.toHaveBeenCalled();
    },
  );

  test.for(['the seat empty first', '4014 first'])('a kick is final: %s', async (order) => {
    await using call = await shakingHands();
    if (order === 'the seat empty first') call.gateway.tellState(null);
    call.handshake.fail(4014);
    await vi.advanceTimersByTimeAsync(100);
    if (order === '4014 first') call.gateway.tellState(null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(call.handlers.onFinal).toHaveBeenCalledExactlyOnceWith('kicked');
    expect(call.gateway.sent).toEqual([LOUNGE_ID]);
  });

  test('their failure is no kick: the channel is left and joined again', async () => {
    await using call = await shakingHands();
    call.handshake.fail(4006);
    await vi.advanceTimersByTimeAsync(0);
    expect(call.gateway.sent).toEqual([LOUNGE_ID, null]);
    call.gateway.tellState(null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(call.gateway.sent).toEqual([LOUNGE_ID, null, LOUNGE_ID]);
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
  });
});

describe('while a join is under way', () => {
  test.for([[null], [LOUNGE_ID]])('being dragged is followed, behind state %j', async ([seat]) => {
    await using call = open();
    call.gateway.loseSession();
    await vi.advanceTimersByTimeAsync(1);
    if (typeof seat === 'string') call.gateway.tellState(seat);
    call.gateway.tellState(STAGE_ID);
    call.gateway.tellServer('of the stage');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(call.handshakes).toMatchObject([{ channelId: STAGE_ID, token: 'of the stage' }]);
    expect(call.handlers.onMoved).toHaveBeenCalledOnce();
    expect(call.gateway.sent).toEqual([LOUNGE_ID]);
  });

  test('being dragged out of a channel that we are leaving is followed by a join', async () => {
    await using call = open();
    call.feed.onClosed(closeError(4006, ''));
    await vi.advanceTimersByTimeAsync(1);
    expect(call.gateway.sent).toEqual([null]);
    call.gateway.tellState(STAGE_ID); // the move was under way when we left
    await vi.advanceTimersByTimeAsync(100);
    call.gateway.tellState(null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(call.gateway.sent.at(-1)).toBe(STAGE_ID);
    expect(call.handlers.onMoved).toHaveBeenCalledOnce();
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
  });

  test('our own leave is no kick', async () => {
    await using call = open();
    call.feed.onClosed(closeError(4006, ''));
    await vi.advanceTimersByTimeAsync(1);
    call.gateway.tellState(null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(call.gateway.sent).toEqual([null, LOUNGE_ID]);
    call.gateway.tellState(LOUNGE_ID);
    call.gateway.tellServer('again');
    await vi.advanceTimersByTimeAsync(0);
    expect(call.handshakes).toMatchObject([{ channelId: LOUNGE_ID, token: 'again' }]);
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
  });

  test('the seat that a dead voice session loses is no kick', async () => {
    await using call = open();
    call.feed.onClosed(closeError(4006, ''));
    call.gateway.tellState(LOUNGE_ID); // as when somebody mutes the bot
    call.gateway.tellState(null);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(call.gateway.sent).toEqual([LOUNGE_ID]);
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
  });

  test('a kick before a voice server is named is final', async () => {
    await using call = open();
    call.gateway.loseSession();
    await vi.advanceTimersByTimeAsync(1);
    call.gateway.tellState(LOUNGE_ID);
    call.gateway.tellState(null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(call.handlers.onFinal).toHaveBeenCalledExactlyOnceWith('kicked');
    expect(call.gateway.sent).toEqual([LOUNGE_ID]);
  });

  test('a join that is answered late, behind our leave, is no kick', async () => {
    await using call = open();
    call.gateway.loseSession();
    await vi.advanceTimersByTimeAsync(15_001);
    expect(call.gateway.sent).toEqual([LOUNGE_ID, null]);
    call.gateway.tellState(LOUNGE_ID);
    call.gateway.tellState(null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(call.gateway.sent).toEqual([LOUNGE_ID, null, LOUNGE_ID]);
    call.gateway.tellState(LOUNGE_ID);
    call.gateway.tellServer('again');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(call.handshakes).toMatchObject([{ channelId: LOUNGE_ID, token: 'again' }]);
    expect(call.handlers.onFinal).not.toHaveBeenCalled();
  });
});
