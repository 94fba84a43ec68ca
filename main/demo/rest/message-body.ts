import { z } from 'zod';
import { actionRows } from '../world/components.ts';
import type { MessageChange } from '../world/world.ts';
import { invalidForm } from './rest-answer.ts';
import type { RestAnswer } from './rest-answer.ts';

const content = z.string().max(2000).nullish();
const others = z.object({
  embeds: z.array(z.unknown()).max(10).nullish(),
  flags: z.number().int().nullish(),
  nonce: z.union([z.string().max(25), z.number()]).optional(),
});

interface ReadMessage {
  readonly change: MessageChange;
  readonly hasEmbeds: boolean;
  readonly nonce: string | number | null;
}

/** What a body that writes or edits a message says; an answer in its place when Discord refuses the body. */
export function readMessage(body: unknown): ReadMessage | { readonly refused: RestAnswer } {
  const given = z.record(z.string(), z.unknown()).safeParse(body).data;
  if (given === undefined) return { refused: invalidForm('_', 'Not an object.') };
  const text = content.safeParse(given['content']);
  const rows = actionRows.nullish().safeParse(given['components']);
  const rest = others.safeParse(given);
  if (!text.success) return refuse('content', 'Must be 2000 or fewer in length.');
  if (!rows.success) return refuse('components', 'Not valid rows of buttons.');
  if (!rest.success) return refuse('_', 'Not a valid message.');
  const { embeds, flags, nonce } = rest.data;
  return {
    change: {
      ...(text.data === undefined ? {} : { content: text.data ?? '' }),
      ...(rows.data === undefined ? {} : { components: rows.data ?? [] }),
      ...(flags === undefined ? {} : { flags: flags ?? 0 }),
    },
    hasEmbeds: (embeds ?? []).length > 0,
    nonce: nonce ?? null,
  };
}

function refuse(field: string, message: string): { readonly refused: RestAnswer } {
  return { refused: invalidForm(field, message) };
}
