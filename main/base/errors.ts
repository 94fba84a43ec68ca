/**
 * Root of every failure we raise ourselves. `reason` is from a closed list of the area's own and says who can act;
 * `message` is for logs (lower case, with the numbers); what a person reads is chosen by reason elsewhere.
 */
export abstract class TapedeckError<Reason extends string = string> extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.reason = reason;
  }
}

/** Anything that was thrown, as an Error: itself when it is one. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Code of a system error such as `ENOSPC` or `ECONNREFUSED`; null when `thrown` is none. */
export function systemErrorCode(thrown: unknown): string | null {
  return textOf(thrown, 'code');
}

/** What the system could not do, such as `read`, and to which path, of a rename the new one; null where it is not told. */
export function systemErrorCall(thrown: unknown): {
  readonly syscall: string | null;
  readonly path: string | null;
} {
  const path = textOf(thrown, 'dest') ?? textOf(thrown, 'path');
  return { syscall: textOf(thrown, 'syscall'), path };
}

function textOf(thrown: unknown, key: 'code' | 'syscall' | 'path' | 'dest'): string | null {
  const value: unknown = thrown instanceof Error ? Reflect.get(thrown, key) : null;
  return typeof value === 'string' ? value : null;
}

/** True for a system error that says a name or path is too long for the disk. */
export function isTooLong(thrown: unknown): boolean {
  return systemErrorCode(thrown) === 'ENAMETOOLONG';
}

/** True for a system error that says the disk has no room: none left, or none left in somebody's quota. */
export function isDiskFull(thrown: unknown): boolean {
  const code = systemErrorCode(thrown);
  return code === 'ENOSPC' || code === 'EDQUOT';
}
