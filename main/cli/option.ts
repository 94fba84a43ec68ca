import type { MessageKey } from '../../preload/contract/messages/catalogue.ts';
import { BadUsage } from './usage-error.ts';

/** One row of a table of options: how it is written, what help says of it, and what its value is. */
export interface Row<Value = unknown> {
  /** As help shows it: `--json`, `--out DIR`, or `RECORDING` for a word without a dash. */
  readonly form: string;
  /** Null where no help shows the row. */
  readonly text: MessageKey | null;
  /** The value of the words that were typed for the row, none when it is not there. Throws UsageError. */
  readonly read: (typed: readonly string[], command: string) => Value;
}

/** Rows by the name of the field that holds the value of each. */
export type Rows = Readonly<Record<string, Row>>;

/** The value of every row. */
export type Values<Table extends Rows> = {
  readonly [Field in keyof Table]: Table[Field] extends Row<infer Value> ? Value : never;
};

/** Makes a value of one typed word. Throws UsageError, naming `option`. */
export type Reader<Value> = (word: string, option: string) => Value;

/** `--out` of `--out DIR`. */
export function nameOf({ form }: Pick<Row, 'form'>): string {
  return form.split(' ')[0] ?? form;
}

/** False for a flag and for a word without a dash. */
export function takesValue({ form }: Row): boolean {
  return form.includes(' ');
}

/** False for a word without a dash. */
export function isOption({ form }: Row): boolean {
  return form.startsWith('--');
}

/** An option without a value: true when it is there. */
export function flag(form: string, text: MessageKey | null): Row<boolean> {
  return { form, text, read: (typed) => typed.length > 0 };
}

/** Null when the option is not there; the last value where it is repeated. */
export function optional<Value>(
  form: string,
  text: MessageKey | null,
  reader: Reader<Value>,
): Row<Value | null> {
  const every = several(form, text, reader);
  return { ...every, read: (typed, command) => every.read(typed.slice(-1), command)[0] ?? null };
}

/** The row with `value` where the option is not there. */
export function withDefault<Value>(row: Row<Value | null>, value: Value): Row<Value> {
  return { ...row, read: (typed, command) => row.read(typed, command) ?? value };
}

/** The row of an option that has to be there. */
export function required<Value>(row: Row<Value | null>): Row<Value> {
  return {
    ...row,
    read: (typed, command) => {
      const value = row.read(typed, command);
      if (value === null) throw new BadUsage('usage.needs', { what: command, option: nameOf(row) });
      return value;
    },
  };
}

/** An option that may come several times, with a value each. */
export function several<Value>(
  form: string,
  text: MessageKey | null,
  reader: Reader<Value>,
): Row<readonly Value[]> {
  const option = nameOf({ form });
  return { form, text, read: (typed) => typed.map((word) => reader(word, option)) };
}

/** An option with values between commas, each taken once; none when the option is not there. */
export function list<Value>(
  form: string,
  text: MessageKey | null,
  reader: Reader<Value>,
): Row<readonly Value[]> {
  const every = several(form, text, reader);
  return {
    ...every,
    read: (typed, command) => {
      const items = typed.slice(-1).flatMap((word) => word.split(',').map((item) => item.trim()));
      if (items.includes('')) throw new BadUsage('usage.empty-place', { option: nameOf({ form }) });
      return every.read([...new Set(items)], command);
    },
  };
}

/** The word that names a recording's folder. */
export const RECORDING: Row<string> = {
  form: 'RECORDING',
  text: 'operand.recording',
  read: ([folder = ''], command) => {
    if (folder === '') throw new BadUsage('usage.needs-recording', { command });
    return folder;
  },
};
