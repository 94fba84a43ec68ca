import type { Conversation } from './conversation.ts';
import { VOICES, personName } from './people.ts';
import type { PersonName, Voice } from './people.ts';
import type { SeededRandom } from '../../base/seeded-random.ts';
import type { SentLog } from '../sent-log.ts';
import { Speaker } from './speaker.ts';
import type { SpeakerHabits } from './speaker.ts';
import type { SpeakerMembers } from './speaker-members.ts';
import { FRAME_MS, loadSpeech, withoutPauses } from './speech-source.ts';
import type { VoiceServer } from '../voice/voice-server.ts';
import { silentState } from '../world/world-setup.ts';
import type { World } from '../world/world.ts';
import type { DemoChannel, DemoMember } from '../world/world-types.ts';

/** How one person speaks; `clock` is as everyone's when it is absent. */
export interface SpeakerStyle {
  readonly name?: PersonName;
  readonly voice?: Voice;
  /** How far into the voice's time line the conversation begins. */
  readonly offsetFrames?: number;
  /** Between talkspurts; `left out`: talks on and on. */
  readonly pauses?: 'kept' | 'left out';
  readonly clock?: 'running' | 'frozen';
  readonly driftPpm?: number;
}

export interface DemoPeopleOptions {
  readonly world: World;
  readonly voice: VoiceServer;
  readonly members: SpeakerMembers;
  readonly conversation: Conversation;
  readonly random: SeededRandom;
  /** Everyone's. */
  readonly habits: SpeakerHabits;
  readonly log: SentLog;
}

/** A voice that is used again starts so much further on: nobody says the same at the same time. */
const REUSE_OFFSET_FRAMES = 1747;

/** The invented people who talk: they come, go, change channels and names, and have a client each. */
export class DemoPeople {
  readonly #options: DemoPeopleOptions;
  readonly #persons = new Map<string, { member: DemoMember; style: Required<SpeakerStyle> }>();

  constructor(options: DemoPeopleOptions) {
    this.#options = options;
  }

  /** A new person who comes into that channel. Gives their user id. */
  add(channel: DemoChannel, style: SpeakerStyle = {}): string {
    const { world, habits } = this.#options;
    const index = this.#persons.size;
    const { name = personName(index), ...said } = style;
    const user = {
      id: world.newId(),
      username: name.username,
      globalName: name.globalName,
      bot: habits.clock === 'frozen',
    };
    const member = { guildId: channel.guildId, user, nick: name.nick, roleIds: [] };
    world.addMember(member);
    this.#persons.set(user.id, {
      member,
      style: {
        name,
        voice: VOICES[index % VOICES.length] ?? VOICES[0],
        offsetFrames: Math.floor(index / VOICES.length) * REUSE_OFFSET_FRAMES,
        pauses: 'kept',
        clock: habits.clock,
        driftPpm: 0,
        ...said,
      },
    });
    this.enter(user.id, channel);
    return user.id;
  }

  /** Who of them is in that channel. */
  in(channelId: string): string[] {
    const { speakers } = this.#options.conversation;
    return speakers
      .filter(({ options }) => options.channelId === channelId)
      .map(({ options }) => options.userId);
  }

  /** Comes in, or moves over from another channel: with a new SSRC either way. */
  enter(userId: string, channel: DemoChannel): void {
    const person = this.#persons.get(userId);
    if (person === undefined) throw new Error(`nobody of the demo has the id ${userId}`);
    const { world, voice, members, conversation, habits, random, log } = this.#options;
    const { style } = person;
    if (world.voiceState(channel.guildId, userId) !== undefined) this.#goFrom(userId);
    const ssrc = voice.newSsrc();
    const speech = loadSpeech(style.voice);
    const source = style.pauses === 'kept' ? speech : withoutPauses(speech);
    const speaker = new Speaker({
      ...habits,
      userId,
      channelId: channel.id,
      ssrc,
      source,
      offsetFrames: style.offsetFrames,
      clock: style.clock,
      driftPpm: style.driftPpm,
      random: random.fork(),
      seal: (opus) => members.seal(userId, opus),
    });
    conversation.add(speaker, random.next() * FRAME_MS);
    const sessionId = Buffer.from(random.bytes(16)).toString('hex');
    const place = { guildId: channel.guildId, channelId: channel.id, userId, sessionId };
    world.setVoiceState({ ...silentState, ...place });
    voice.addSpeaker({ channelId: channel.id, userId, ssrc });
    members.enter(userId, channel.id);
    const { name } = style;
    log.write({
      event: 'person',
      message: 'enters',
      userId,
      ssrc,
      channelId: channel.id,
      name,
      voice: style.voice,
    });
  }

  leave(userId: string): void {
    const guildId = this.#persons.get(userId)?.member.guildId ?? '';
    const state = this.#options.world.voiceState(guildId, userId);
    if (state === undefined) return;
    this.#goFrom(userId);
    this.#options.world.setVoiceState({ ...state, channelId: null });
  }

  /** `null`: no nickname. The voice state that follows carries the new name to everyone. */
  rename(userId: string, nick: string | null): void {
    const { world } = this.#options;
    const guildId = this.#persons.get(userId)?.member.guildId ?? '';
    const member = world.member(guildId, userId);
    if (member === undefined) return;
    world.setNick(member, nick);
    const state = world.voiceState(guildId, userId);
    if (state !== undefined) world.setVoiceState(state);
  }

  /** Their microphone; muted, the clock goes on and nothing is sent. */
  setMicrophone(userId: string, microphone: 'on' | 'off'): void {
    const speaker = this.#options.conversation.speaker(userId);
    const guildId = this.#persons.get(userId)?.member.guildId ?? '';
    const state = this.#options.world.voiceState(guildId, userId);
    if (speaker === undefined || state === undefined) return;
    speaker.speaks = microphone === 'on';
    this.#options.world.setVoiceState({ ...state, selfMute: microphone === 'off' });
  }

  #goFrom(userId: string): void {
    const { conversation, voice, members, log } = this.#options;
    const channelId = conversation.speaker(userId)?.options.channelId ?? '';
    conversation.remove(userId);
    voice.removeSpeaker(userId);
    members.leave(userId);
    log.write({ event: 'person', message: 'leaves', userId, channelId });
  }
}
