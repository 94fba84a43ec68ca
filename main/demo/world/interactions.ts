import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Snowflake } from '../../base/snowflake.ts';
import { pressable } from './components.ts';
import type { MessageChange, World } from './world.ts';
import type { DemoMessage } from './world-types.ts';

/** Somebody presses a button. */
export interface DemoPress {
  /** A member of the guild, in voice or not. */
  readonly by: Snowflake;
  /** A message in a chat, or an answer that only this person sees. */
  readonly messageId: Snowflake;
  readonly customId: string;
  /** Discord's code of the language of the person's client; `en-US` when absent. */
  readonly locale?: string;
  /** What the event says in place of the truth. */
  readonly forged?: {
    readonly applicationId?: Snowflake;
    readonly guildId?: Snowflake;
    readonly channelId?: Snowflake;
    readonly messageId?: Snowflake;
    readonly customId?: string;
  };
}

/** A press on its way to the bot that wrote the message. */
export interface DemoInteraction {
  readonly id: Snowflake;
  /** A secret: whoever has it answers for the bot. */
  readonly token: string;
  readonly botId: Snowflake;
  readonly guildId: Snowflake;
  readonly message: DemoMessage;
  readonly press: DemoPress;
}

/** What a bot answered to a press, at once or, by the token, later (`edit`, `follow-up`). */
interface DemoAnswer {
  readonly interactionId: Snowflake;
  /** The press. */
  readonly press: DemoPress;
  /** 4 a message, 5 a message that comes later, 6 nothing, 7 a change of the message that has the button. */
  readonly type: 4 | 5 | 6 | 7 | 'edit' | 'follow-up';
  /** From the press to the answer. */
  readonly afterMs: number;
  /** The message written or changed; its buttons can be pressed. Null for types 5 and 6. */
  readonly message: DemoMessage | null;
}

/** What a bot says to a press; `change` of types 4, 5 and 7. */
interface Callback {
  readonly type: 4 | 5 | 6 | 7;
  readonly change: MessageChange;
}

interface Open {
  readonly interaction: DemoInteraction;
  readonly pressedAtMs: number;
  /** Null before the first answer. */
  said: Callback | null;
  /** The message `@original`. */
  original: DemoMessage | null;
}

interface InteractionsEvents {
  press: [DemoInteraction];
}

/** Message flag: only the person who pressed sees it. */
const FLAG_EPHEMERAL = 64;
const ANSWER_LIMIT_MS = 3000;
const TOKEN_LIMIT_MS = 15 * 60_000;

/** Presses of buttons and what bots answer. Times are `performance.now()`. */
export class Interactions extends EventEmitter<InteractionsEvents> {
  /** Every answer of every bot, oldest first. */
  readonly answers: DemoAnswer[] = [];
  readonly #world: World;
  readonly #open = new Map<Snowflake, Open>();
  /** Messages that only one person sees, by id. */
  readonly #ephemeral = new Map<Snowflake, { readonly message: DemoMessage; to: Snowflake }>();

  constructor(world: World) {
    super();
    this.#world = world;
  }

  /** Throws when the person is no member, or sees no such message, or it has no such button to press. */
  press(press: DemoPress, nowMs = performance.now()): DemoInteraction {
    const message = this.#seenBy(press.by, press.messageId);
    const guildId = this.#world.channel(message?.channelId ?? '')?.guildId ?? '';
    const isMember = this.#world.member(guildId, press.by) !== undefined;
    if (message === undefined || !isMember) {
      throw new Error(`${press.by} sees no message ${press.messageId}`);
    }
    if (!pressable(message.components).some(({ custom_id: id }) => id === press.customId)) {
      throw new Error(`message ${message.id} has no button ${press.customId} to press`);
    }
    const id = this.#world.newId();
    const secret = `interaction:${id}:${randomBytes(48).toString('hex')}`;
    const token = Buffer.from(secret).toString('base64url');
    const interaction = { id, token, botId: message.authorId, guildId, message, press };
    this.#open.set(id, { interaction, pressedAtMs: nowMs, said: null, original: null });
    this.emit('press', interaction);
    return interaction;
  }

  /** `unknown`: never pressed, another token, or 3 s are over. */
  answer(
    { id, token }: Pick<DemoInteraction, 'id' | 'token'>,
    callback: Callback,
    nowMs = performance.now(),
  ): 'answered' | 'acknowledged' | 'unknown' {
    const open = this.#open.get(id);
    if (open?.interaction.token !== token) return 'unknown';
    if (open.said !== null) return 'acknowledged';
    if (nowMs - open.pressedAtMs > ANSWER_LIMIT_MS) return 'unknown';
    const { type, change } = callback;
    open.said = callback;
    if (type === 4) open.original = this.#write(open.interaction, change);
    if (type === 6) open.original = open.interaction.message;
    if (type === 7) open.original = this.#edit(open.interaction.message, change);
    const message = type === 4 || type === 7 ? open.original : null;
    this.#keep(open, { type, message }, nowMs);
    return 'answered';
  }

  /** Changes `@original`; after type 5 this writes it. Null: no such token, no answer yet, or 15 minutes are over. */
  editOriginal(
    token: string,
    change: MessageChange,
    nowMs = performance.now(),
  ): DemoMessage | null {
    const open = this.#answered(token, nowMs);
    if (open === null) return null;
    const flags = open.said?.change.flags ?? 0;
    open.original =
      open.original === null
        ? this.#write(open.interaction, { ...change, flags })
        : this.#edit(open.original, change);
    this.#keep(open, { type: 'edit', message: open.original }, nowMs);
    return open.original;
  }

  /** Writes one more message. Null: as `editOriginal`. */
  followUp(token: string, change: MessageChange, nowMs = performance.now()): DemoMessage | null {
    const open = this.#answered(token, nowMs);
    if (open === null) return null;
    const message = this.#write(open.interaction, change);
    this.#keep(open, { type: 'follow-up', message }, nowMs);
    return message;
  }

  #answered(token: string, nowMs: number): Open | null {
    const open = [...this.#open.values()].find((one) => one.interaction.token === token);
    if (open === undefined || open.said === null) return null;
    return nowMs - open.pressedAtMs > TOKEN_LIMIT_MS ? null : open;
  }

  #seenBy(userId: Snowflake, messageId: Snowflake): DemoMessage | undefined {
    const own = this.#ephemeral.get(messageId);
    if (own !== undefined) return own.to === userId ? own.message : undefined;
    return this.#world.messages.find(({ id }) => id === messageId);
  }

  #write({ message, botId, press }: DemoInteraction, change: MessageChange): DemoMessage {
    const { channelId } = message;
    const said = { channelId, authorId: botId, content: '', components: [], flags: 0, ...change };
    if ((said.flags & FLAG_EPHEMERAL) === 0) return this.#world.addMessage(said);
    const at = new Date().toISOString();
    const written = { id: this.#world.newId(), at, editedAt: null, ...said };
    this.#ephemeral.set(written.id, { message: written, to: press.by });
    return written;
  }

  #edit(message: DemoMessage, change: MessageChange): DemoMessage {
    const own = this.#ephemeral.get(message.id);
    if (own === undefined) return this.#world.editMessage(message, change);
    const edited = { ...own.message, ...change, editedAt: new Date().toISOString() };
    this.#ephemeral.set(message.id, { ...own, message: edited });
    return edited;
  }

  #keep(
    { interaction, pressedAtMs }: Open,
    answer: Pick<DemoAnswer, 'type' | 'message'>,
    nowMs: number,
  ): void {
    const { id: interactionId, press } = interaction;
    this.answers.push({ interactionId, press, ...answer, afterMs: nowMs - pressedAtMs });
  }
}
