import { DiscordError } from './discord-error.ts';
import type { DiscordErrorReason } from './discord-error.ts';

/** What follows the end of a connection to the main gateway. */
export type AfterClose =
  | { readonly kind: 'resume' }
  /** The session is gone; `wait`: with a pause before. */
  | { readonly kind: 'identify'; readonly wait: boolean }
  | { readonly kind: 'give-up'; readonly error: DiscordError };

/** Codes with which Discord ends a session: identify anew; after 4008 (too many sends) with a pause. */
const IDENTIFY_CODES: readonly number[] = [4003, 4005, 4007, 4008, 4009];
const RATE_LIMITED_CODE = 4008;

const FINAL_CODES: ReadonlyMap<
  number,
  { readonly reason: DiscordErrorReason; readonly text: string }
> = new Map([
  [4004, { reason: 'token-rejected', text: 'authentication failed' }],
  [4010, { reason: 'shard-refused', text: 'invalid shard' }],
  [4011, { reason: 'shard-refused', text: 'sharding required' }],
  [4012, { reason: 'version-refused', text: 'invalid gateway version' }],
  [4013, { reason: 'intents-refused', text: 'invalid intents' }],
  [4014, { reason: 'intents-refused', text: 'disallowed intents' }],
]);

/** What Discord's close code asks for (topics/opcodes-and-status-codes, "Gateway Close Event Codes"); unknown: resume. */
export function afterClose(code: number): AfterClose {
  const final = FINAL_CODES.get(code);
  if (final !== undefined) {
    const message = `gateway closed with ${String(code)}: ${final.text}`;
    return { kind: 'give-up', error: new DiscordError(final.reason, message, { closeCode: code }) };
  }
  if (IDENTIFY_CODES.includes(code)) return { kind: 'identify', wait: code === RATE_LIMITED_CODE };
  return { kind: 'resume' };
}

/** Codes that only a mistake of ours brings about: unknown opcode, undecodable payload, identified twice, too many sends. */
export function isOurFault(code: number): boolean {
  return [4001, 4002, 4005, 4008].includes(code);
}
