import { text } from '../../preload/contract/messages/text.ts';
import { COMMANDS, COMMON, type CommandName, TEXTS } from './command.ts';
import { isOption, nameOf, type Row } from './option.ts';
import { formatTable } from './table.ts';

/** The text of --help: of one command, or of the whole. */
export function helpText(command: CommandName | null): string {
  return (command === null ? wholeHelp() : commandHelp(command)).join('\n');
}

function wholeHelp(): readonly string[] {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => [`  ${name}`, text(summary)]);
  return [
    text('help.about'),
    '',
    text('help.usage', { line: 'tapedeck COMMAND [OPTIONS]' }),
    '',
    text('help.commands'),
    formatTable(['left', 'left'], rows),
    ...commonOptions(),
    '',
    text('help.more'),
  ];
}

function commandHelp(command: CommandName): readonly string[] {
  const { summary, rows } = COMMANDS[command];
  const options = Object.values(rows).filter(isOption);
  const operands = Object.values(rows).filter((row) => !isOption(row));
  const words = ['tapedeck', command, ...operands.map(nameOf), '[OPTIONS]'];
  return [
    text(summary),
    '',
    text('help.usage', { line: words.join(' ') }),
    ...operands.flatMap((row) => ['', textOf(row)]),
    ...(options.length === 0 ? [] : ['', text('help.options'), optionTable(options)]),
    ...commonOptions(),
  ];
}

function commonOptions(): readonly string[] {
  const options = [...Object.values(COMMON), ...Object.values(TEXTS)];
  return ['', text('help.common'), optionTable(options)];
}

function optionTable(options: readonly Row[]): string {
  return formatTable(
    ['left', 'left'],
    options.map((row) => [`  ${row.form}`, textOf(row)]),
  );
}

function textOf(row: Row): string {
  return row.text === null ? '' : text(row.text);
}
