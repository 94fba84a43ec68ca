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

/** How one person speaks. Absent: the next name and voice in order, pauses kept, the clock as in `SpeakerHabits`. */
export interface SpeakerStyle {
  readonly name?: PersonName;
  readonly voice?: Voice;
  /** The frame of the voice's source that the conversation's first frame is. */
  readonly offsetFrames?: number;
  /** Pauses between talkspurts; `left out`: one talkspurt without an end. */
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
  /** How everyone's client sends. */
  readonly habits: SpeakerHabits;
  readonly log: SentLog;
}

/** How far apart in a voice two people with that voice start, so that they never say the same at once: 34.94 s. */
const REUSE_OFFSET_FRAMES = 1747;

/** The invented people who talk: lets them join, leave, change channels, names and microphones. */
export class DemoPeople {
  readonly #options: DemoPeopleOptions;
  readonly #persons = new Map<string, { member: DemoMember; style: Required<SpeakerStyle> }>();

  constructor(options: DemoPeopleOptions) {
    this.#options = options;
  }

  /** Adds a person to the guild, who joins that channel. Gives the person's user id. */
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

  /** User ids of the people in that channel. */
  in(channelId: string): string[] {
    const { speakers } = this.#options.conversation;
    return speakers
      .filter(({ options }) => options.channelId === channelId)
      .map(({ options }) => options.userId);
  }

  /** A person joins that channel, out of another one if need be, with a new SSRC. Throws for an id of nobody here. */
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
    voice.news.addSpeaker({ channelId: channel.id, userId, ssrc });
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

  /**
   * The person's client comes back under another SSRC in the middle of a word: the old one still sends its silence
   * frames while the new one talks on.
   */
  changeSsrc(userId: string): void {
    const { conversation, voice, random, log } = this.#options;
    const speaker = conversation.speaker(userId);
    if (speaker === undefined) return;
    const ssrc = voice.newSsrc();
    conversation.replace(new Speaker({ ...speaker.options, ssrc, random: random.fork() }));
    voice.news.changeSsrc(userId, ssrc);
    log.write({ event: 'person', message: 'has another SSRC', userId, ssrc });
  }

  leave(userId: string): void {
    const guildId = this.#persons.get(userId)?.member.guildId ?? '';
    const state = this.#options.world.voiceState(guildId, userId);
    if (state === undefined) return;
    this.#goFrom(userId);
    this.#options.world.setVoiceState({ ...state, channelId: null });
  }

  /** Sets the nickname, null for none. A voice state follows, which tells clients the new name. */
  rename(userId: string, nick: string | null): void {
    const { world } = this.#options;
    const guildId = this.#persons.get(userId)?.member.guildId ?? '';
    const member = world.member(guildId, userId);
    if (member === undefined) return;
    world.setNick(member, nick);
    const state = world.voiceState(guildId, userId);
    if (state !== undefined) world.setVoiceState(state);
  }

  /** `off`: the person is self-muted and sends nothing; RTP timestamps go on. */
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
    voice.news.removeSpeaker(userId);
    members.leave(userId);
    log.write({ event: 'person', message: 'leaves', userId, channelId });
  }
}
