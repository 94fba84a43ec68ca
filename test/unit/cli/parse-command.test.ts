import { describe, expect, test } from 'vitest';
import { parseCommand, type Invocation } from '../../../main/cli/parse-command.ts';
import { wantsJson } from '../../../main/cli/split-words.ts';
import { problemOf } from '../../../main/cli/report.ts';

/** The options of every command, when none was given. */
const common = { json: false, apiUrl: null, tokenFile: null, logLevel: null };

function read(line: string): Invocation {
  return parseCommand(line === '' ? [] : line.split(' '));
}

/** The sentence with which a line is refused; fails the test when it is not refused. */
function refusal(line: string): string {
  try {
    read(line);
  } catch (error) {
    const { code, details } = problemOf(error);
    return `${code}: ${Object.values(details).join()}`;
  }
  throw new Error(`accepted: ${line}`);
}

const record = {
  name: 'record',
  ...common,
  channelId: '12',
  durationSeconds: null,
  out: null,
  exportFormats: [],
  mixdown: false,
  noNotice: false,
  ask: false,
  onMove: 'follow',
  stopWhenEmptyMinutes: null,
  exclude: [],
};
const exportAll = {
  name: 'export',
  ...common,
  recording: 'folder',
  format: 'wav',
  mixdown: false,
  userIds: [],
  from: null,
  to: null,
  out: null,
};
const demo = {
  name: 'demo-server',
  ...common,
  port: null,
  speakers: null,
  scenario: null,
  seed: null,
};

describe('command line', () => {
  test.each([
    ['channels', { name: 'channels', ...common }],
    [
      'channels --json --api-url=http://127.0.0.1:1/api --token-file t --log-level debug',
      {
        name: 'channels',
        json: true,
        apiUrl: 'http://127.0.0.1:1/api',
        tokenFile: 't',
        logLevel: 'debug',
      },
    ],
    ['--json channels', { name: 'channels', ...common, json: true }],
    ['doctor', { name: 'doctor', ...common, channelId: null, report: null }],
    ['doctor --channel 12', { name: 'doctor', ...common, channelId: '12', report: null }],
    ['record --channel 12', record],
    ['record --channel=12 --duration=1.5 --out=d', { ...record, durationSeconds: 1.5, out: 'd' }],
    [
      'record --channel 12 --export wav --mixdown',
      { ...record, exportFormats: ['wav'], mixdown: true },
    ],
    ['record --no-notice --channel 12', { ...record, noNotice: true }],
    ['record --ask --channel 12', { ...record, ask: true }],
    ['record --channel 12 --on-move stop', { ...record, onMove: 'stop' }],
    ['record --channel 12 --stop-when-empty 1.5', { ...record, stopWhenEmptyMinutes: 1.5 }],
    ['record --channel 12 --exclude 3 --exclude 4', { ...record, exclude: ['3', '4'] }],
    ['record --channel 11 --channel 12', record],
    ['list --out=-d', { name: 'list', ...common, out: '-d' }],
    ['list --out -5', { name: 'list', ...common, out: '-5' }],
    ['export folder', exportAll],
    ['export folder --format wav --mixdown', { ...exportAll, mixdown: true }],
    ['export --tracks 3,4,3 folder', { ...exportAll, userIds: ['3', '4'] }],
    [
      'export folder --from 1.5 --to 0:01:00.5 --out x',
      {
        ...exportAll,
        from: { samples: 72_000, text: '1.5' },
        to: { samples: 2_904_000, text: '0:01:00.5' },
        out: 'x',
      },
    ],
    ['export -- --folder', { ...exportAll, recording: '--folder' }],
    [
      'forget folder --user 12',
      { name: 'forget', ...common, recording: 'folder', userId: '12', yes: false },
    ],
    [
      'forget --yes --user=12 folder',
      { name: 'forget', ...common, recording: 'folder', userId: '12', yes: true },
    ],
    ['verify folder', { name: 'verify', ...common, recording: 'folder' }],
    ['demo-server', demo],
    [
      'demo-server --port 0 --speakers 3 --scenario calm --seed 7',
      { ...demo, port: 0, speakers: 3, scenario: 'calm', seed: 7 },
    ],
  ])('%s', (line, command) => {
    expect(read(line)).toEqual({ kind: 'run', command });
  });

  test.each([
    ['--help', { kind: 'help', command: null }],
    ['record --help', { kind: 'help', command: 'record' }],
    ['export --help --version', { kind: 'help', command: 'export' }],
    ['--version', { kind: 'version' }],
    ['record --version', { kind: 'version' }],
  ])('%s asks for text, whatever else is missing', (line, invocation) => {
    expect(read(line)).toEqual(invocation);
  });

  test.each([
    ['', 'a command is missing'],
    ['--json', 'a command is missing'],
    ['play', 'unknown command: play'],
    ['constructor', 'unknown command: constructor'],
    ['channels --loud', 'unknown option: --loud'],
    ['channels --loud --help', 'unknown option: --loud'],
    ['channels -h', 'unknown option: -h'],
    ['channels --constructor', 'unknown option: --constructor'],
    ['channels --channel 12', 'unknown option: --channel of channels'],
    ['channels --json=yes', '--json takes no value'],
    ['channels --no-json', 'unknown option: --no-json'],
    ['channels here', 'too many words: here'],
    ['channels --api-url', '--api-url needs a value'],
    ['channels --api-url=', '--api-url needs a value'],
    ['channels --token-file --json', '--token-file needs a value'],
    ['channels --log-level loud', '--log-level loud is none of error, warn, info, debug'],
    ['doctor --channel general', '--channel general is not a Discord id'],
    ['record', 'record needs --channel'],
    ['record --channel', '--channel needs a value'],
    ['record --channel 12 13', 'too many words: 13'],
    ['record --channel 12 --duration 0', '--duration 0 is not a number above zero'],
    ['record --channel 12 --duration -5', '--duration -5 is not a number above zero'],
    ['record --channel 12 --duration NaN', '--duration NaN is not a number above zero'],
    ['record --channel 12 --duration 1e3', '--duration 1e3 is not a number above zero'],
    ['record --channel 12 --duration Infinity', '--duration Infinity is not a number above zero'],
    ['record --channel 12 --export mp3', '--export mp3 is none of wav, flac, opus'],
    ['record --channel 12 --export wav,', '--export has an empty place'],
    ['record --channel 12 --mixdown', '--mixdown needs --export'],
    ['record --channel 12 --ask --no-notice', '--ask and --no-notice exclude each other'],
    ['record --channel 12 --on-move stay', '--on-move stay is none of follow, stop'],
    ['record --channel 12 --stop-when-empty 0', '--stop-when-empty 0 is not a number above zero'],
    ['record --channel 12 --stop-when-empty -1', '--stop-when-empty -1 is not a number above'],
    ['record --channel 12 --exclude x', '--exclude x is not a Discord id'],
    ['record --channel 12 --on-move stop --exclude x', '--exclude x is not a Discord id'],
    ['export', "export needs a recording's folder"],
    ['export a b', 'too many words: b'],
    ['export a --format mp3', '--format mp3 is none of wav, flac, opus'],
    ['export a --tracks x', '--tracks x is not a Discord id'],
    ['export a --from soon', '--from soon is neither seconds nor H:MM:SS'],
    ['export a --from 5 --to 5', '--to 5 is not after --from'],
    ['export a --to 0', '--to 0 is not after the start'],
    ['verify', "verify needs a recording's folder"],
    ['forget --user 12', "forget needs a recording's folder"],
    ['forget folder', 'forget needs --user'],
    ['forget folder --user Zoe', '--user Zoe is not a Discord id'],
    ['demo-server --port 65536', '--port 65536 is not a whole number from 0 to 65535'],
    ['demo-server --speakers 1.5', '--speakers 1.5 is not a whole number'],
    ['demo-server --seed -1', '--seed -1 is not a whole number'],
  ])('refuses: %s', (line, sentence) => {
    expect(refusal(line)).toContain(`bad-usage: ${sentence}`);
  });

  test.each([
    ['record --channel 12 --export flac', '--export flac'],
    ['record --channel 12 --export wav,opus', '--export opus'],
    ['export a --format flac', '--format flac'],
    ['export a --format opus', '--format opus'],
  ])('says that it cannot do yet: %s', (line, option) => {
    expect(refusal(line)).toBe(`not-available-yet: ${option}`);
  });
});

describe('--json', () => {
  test('is seen in a line that is refused', () => {
    expect(wantsJson(['record', '--nonsense', '--json'])).toBe(true);
    expect(wantsJson(['verify', '--', '--json'])).toBe(false);
    expect(wantsJson(['verify'])).toBe(false);
  });
});
