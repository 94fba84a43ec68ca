import type { z } from 'zod';

/** Where a value does not fit its schema, and what stands there: `secret_key.3 is of type string`. Never the value itself. */
export function schemaFault(error: z.ZodError, value: unknown): string {
  const path = error.issues[0]?.path ?? [];
  let found = value;
  for (const key of path) found = memberOf(found, String(key));
  return `${path.map(String).join('.') || 'it'} is ${typeNameOf(found)}`;
}

function memberOf(value: unknown, key: string): unknown {
  return Object.entries(value ?? {}).find(([name]) => name === key)?.[1];
}

function typeNameOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${String(value.length)}`;
  return `of type ${typeof value}`;
}
