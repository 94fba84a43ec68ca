import type { Problem } from '../../preload/contract/error-codes.ts';
import type { Check } from '../engine/diagnose.ts';
import { problemText } from '../../preload/contract/messages/text.ts';

/** One line of `doctor`. */
export interface CheckLine {
  readonly name: Check['name'] | 'disk';
  readonly ok: boolean | 'skipped';
  readonly message: string;
}

/** What a person reads about one check. */
export function lineFor(check: Check): CheckLine {
  switch (check.result) {
    case 'good':
      return { name: check.name, ok: true, message: goodMessage(check.name, check.facts) };
    case 'skipped':
      return { name: check.name, ok: 'skipped', message: SKIPPED[check.because] };
    case 'bad':
      return { name: check.name, ok: false, message: badMessage(check.name, check.problem) };
  }
}

const SKIPPED = {
  'no-channel': 'Not tried. Name a voice channel with --channel to try it there.',
  'not-reached': 'Not tried, because of a failure above. Mend that first.',
  elsewhere:
    'Not tried: this bot is in a voice channel of that server already, and trying would end what it records there.',
} as const;

function goodMessage(name: Check['name'], facts: Readonly<Record<string, string>>): string {
  switch (name) {
    case 'token':
      return `Discord accepts the token of ${facts['bot'] ?? 'the bot'}.`;
    case 'gateway':
      return `Connected. The bot is in ${facts['guilds'] ?? 'no'} server(s).`;
    case 'permissions':
      return `The bot has what it needs in ${facts['channel'] ?? 'the channel'}.`;
    case 'udp':
      return 'The voice server answers over UDP.';
    case 'encryption':
      return encryptionMessage(facts);
    case 'decoder':
      return 'Opus decodes a known packet.';
  }
}

function encryptionMessage({ mode, daveVersion }: Readonly<Record<string, string>>): string {
  const ciphers = 'The transport ciphers open known packets, end-to-end encryption works.';
  if (mode === undefined) return `${ciphers} What a call asks for was not tried.`;
  const endToEnd =
    daveVersion === '0'
      ? 'This call is not encrypted from end to end.'
      : `This call is encrypted from end to end (version ${daveVersion ?? '?'}).`;
  return `${ciphers} The voice server agrees on ${mode}. ${endToEnd}`;
}

function badMessage(name: Check['name'], problem: Problem): string {
  if (problem.code !== 'fault') return problemText(problem);
  const what = name === 'decoder' || name === 'encryption' ? 'Install Tapedeck again.' : '';
  return `${String(problem.details['message'] ?? 'An unexpected failure')}. ${what}`.trim();
}
