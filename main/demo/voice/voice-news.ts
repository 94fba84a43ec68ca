import type { SeededRandom } from '../../base/seeded-random.ts';
import { VOICE_OPS } from './voice-payloads.ts';
import type { VoiceSession } from './voice-session.ts';
import type { World } from '../world/world.ts';
import type { DemoChannel } from '../world/world-types.ts';

export interface VoiceNewsOptions {
  readonly world: World;
  readonly random: SeededRandom;
  /** Delay of op 5 for the speakers and clients that are there when a client comes. */
  readonly namesDelayMs: number;
  /** The clients in that channel. */
  readonly sessionsIn: (channelId: string) => readonly VoiceSession[];
  /** False once the session has ended. */
  readonly isOpen: (session: VoiceSession) => boolean;
}

/** One of the demo's own speakers in a channel; has no voice socket. */
export interface VoiceSpeaker {
  readonly channelId: string;
  readonly userId: string;
  readonly ssrc: number;
}

/** SSRCs of a camera, which stand behind that of the sound. */
export function videoSsrcs(ssrc: number): { readonly video: number; readonly rtx: number } {
  return { video: ssrc + 1, rtx: ssrc + 2 };
}

/** How late op 11 is when news are patchy. */
const LATE_MS = 700;

/** What the clients of a channel are told about each other and about the demo's speakers. */
export class VoiceNews {
  /**
   * `patchy`: op 11 comes 0.7 s late and leaves out half of the people, whom other ops name; op 12 without an audio
   * SSRC and ops 14 to 17 come between.
   */
  manner: 'whole' | 'patchy' = 'whole';
  /** True: every speaker has a camera, which op 12 tells. */
  hasCameras = false;
  readonly #options: VoiceNewsOptions;
  readonly #speakers = new Map<string, VoiceSpeaker>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: VoiceNewsOptions) {
    this.#options = options;
  }

  /** A speaker joins that channel: its clients are sent ops 11 and 5, later clients when they come. */
  addSpeaker(speaker: VoiceSpeaker): void {
    const { channelId, userId, ssrc } = speaker;
    this.#speakers.set(userId, speaker);
    this.#arrives(channelId, userId);
    this.#broadcast(channelId, userId, {
      op: VOICE_OPS.speaking,
      d: { user_id: userId, ssrc, speaking: 1 },
    });
    for (const session of this.#options.sessionsIn(channelId)) this.#sendCamera(session, speaker);
  }

  /** A speaker's client has another SSRC from here on: the channel's clients are sent op 5. */
  changeSsrc(userId: string, ssrc: number): void {
    const speaker = this.#speakers.get(userId);
    if (speaker === undefined) return;
    this.#speakers.set(userId, { ...speaker, ssrc });
    this.#broadcast(speaker.channelId, userId, {
      op: VOICE_OPS.speaking,
      d: { user_id: userId, ssrc, speaking: 1 },
    });
  }

  speakersIn(channelId: string): VoiceSpeaker[] {
    return [...this.#speakers.values()].filter((one) => one.channelId === channelId);
  }

  /** A speaker leaves its channel: the clients there are sent op 13. */
  removeSpeaker(userId: string): void {
    const speaker = this.#speakers.get(userId);
    if (speaker === undefined) return;
    this.#speakers.delete(userId);
    this.#leaves(speaker.channelId, userId);
  }

  hasSpeaker(ssrc: number): boolean {
    return [...this.#speakers.values()].some((speaker) => speaker.ssrc === ssrc);
  }

  /** A client has come: the channel's other clients are sent op 11. */
  enter({ grant, userId }: VoiceSession): void {
    this.#arrives(grant.channelId, userId);
  }

  /** A client has said op 5, which the channel's other clients are sent. */
  speaking({ grant, userId, ssrc }: VoiceSession, flags: number): void {
    this.#broadcast(grant.channelId, userId, {
      op: VOICE_OPS.speaking,
      d: { user_id: userId, ssrc, speaking: flags },
    });
  }

  /** A client's session has ended: the channel's other clients are sent op 13. */
  leave({ grant, userId }: VoiceSession): void {
    this.#leaves(grant.channelId, userId);
  }

  /** What a client that comes is told about the others in the channel: functions that each send a part of it. */
  for(session: VoiceSession): (() => void)[] {
    const channel = this.#options.world.channel(session.grant.channelId);
    const others = channel === undefined ? [] : this.#others(channel, session.userId);
    const isPatchy = this.manner === 'patchy';
    const listed = isPatchy ? others.filter((_, index) => index % 2 === 1) : others;
    const names = (): void => {
      for (const { userId, ssrc } of this.#ssrcsFor(session)) {
        session.sendNumbered(VOICE_OPS.speaking, { user_id: userId, ssrc, speaking: 1 });
      }
      for (const speaker of this.speakersIn(session.grant.channelId)) {
        this.#sendCamera(session, speaker);
      }
    };
    const list = (): void => session.sendNumbered(VOICE_OPS.clientsConnect, { user_ids: listed });
    const { namesDelayMs } = this.#options;
    return [
      isPatchy ? () => this.#later(session, LATE_MS, list) : list,
      () => {
        for (const userId of others) {
          session.sendNumbered(VOICE_OPS.clientFlags, { user_id: userId, flags: 2 });
          session.sendNumbered(VOICE_OPS.clientPlatform, { user_id: userId, platform: 0 });
        }
      },
      () => (namesDelayMs === 0 ? names() : this.#later(session, namesDelayMs, names)),
      ...(isPatchy
        ? [
            () => {
              this.#sendRest(session, others);
            },
          ]
        : []),
    ];
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#speakers.clear();
  }

  #arrives(channelId: string, userId: string): void {
    if (this.manner === 'whole') {
      return this.#broadcast(channelId, userId, {
        op: VOICE_OPS.clientsConnect,
        d: { user_ids: [userId] },
      });
    }
    const isListed = this.#options.random.chance(0.5);
    for (const session of this.#options.sessionsIn(channelId)) {
      if (session.userId === userId) continue;
      this.#sendRest(session, [userId]);
      if (!isListed) continue;
      this.#later(session, LATE_MS, () =>
        session.sendNumbered(VOICE_OPS.clientsConnect, { user_ids: [userId] }),
      );
    }
  }

  #leaves(channelId: string, userId: string): void {
    this.#broadcast(channelId, userId, {
      op: VOICE_OPS.clientDisconnect,
      d: { user_id: userId },
    });
  }

  #sendCamera(session: VoiceSession, { userId, ssrc }: VoiceSpeaker): void {
    if (!this.hasCameras) return;
    const { video, rtx } = videoSsrcs(ssrc);
    const stream = { type: 'video', rid: '100', ssrc: video, rtx_ssrc: rtx, active: true };
    session.sendNumbered(VOICE_OPS.video, {
      user_id: userId,
      audio_ssrc: ssrc,
      video_ssrc: video,
      rtx_ssrc: rtx,
      streams: [{ ...stream, quality: 100, max_bitrate: 2_500_000, max_framerate: 30 }],
    });
  }

  /** Op 12 of people whose clients say no audio SSRC there, and the ops that tell a recorder nothing. */
  #sendRest(session: VoiceSession, userIds: readonly string[]): void {
    for (const userId of userIds) {
      const noSsrcs = { audio_ssrc: 0, video_ssrc: 0, rtx_ssrc: 0, streams: [] };
      session.sendNumbered(VOICE_OPS.video, { user_id: userId, ...noSsrcs });
    }
    session.sendNumbered(VOICE_OPS.sessionUpdate, { keyframe_interval: 1, media_session_id: 'a' });
    session.sendNumbered(VOICE_OPS.mediaSinkWants, { any: 100 });
    session.sendNumbered(VOICE_OPS.backendVersion, { voice: '0.14.0', rtc_worker: '0.4.11' });
    session.sendNumbered(VOICE_OPS.channelOptions, {});
  }

  /** Sends the message to every client in the channel but `userId`. */
  #broadcast(channelId: string, userId: string, message: { op: number; d: unknown }): void {
    for (const session of this.#options.sessionsIn(channelId)) {
      if (session.userId !== userId) session.sendNumbered(message.op, message.d);
    }
  }

  #later(session: VoiceSession, delayMs: number, tell: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#options.isOpen(session)) tell();
    }, delayMs);
    this.#timers.add(timer);
  }

  #others(channel: DemoChannel, userId: string): string[] {
    return this.#options.world
      .inVoice(channel)
      .map((state) => state.userId)
      .filter((id) => id !== userId);
  }

  /** SSRCs of the channel's speakers, and of its other clients that have sent op 5. */
  #ssrcsFor(session: VoiceSession): { userId: string; ssrc: number }[] {
    const { channelId } = session.grant;
    const clients = this.#options
      .sessionsIn(channelId)
      .filter((other) => other !== session && other.announced)
      .map(({ userId, ssrc }) => ({ userId, ssrc }));
    return [...this.speakersIn(channelId), ...clients];
  }
}
