import type { Problem } from '../../preload/contract/error-codes.ts';
import type { Check, CheckFacts, Unheard } from '../engine/check.ts';
import { problemText, text } from '../../preload/contract/messages/text.ts';

/** One line of `doctor`. */
export interface CheckLine {
  readonly name: Check['name'] | 'disk';
  readonly ok: boolean | 'skipped';
  readonly message: string;
}

/** What a person reads about one check. */
export function lineFor(check: Check): CheckLine {
  const { name } = check;
  switch (check.result) {
    case 'good':
      return { name, ok: true, message: goodMessage(name, check.facts) };
    case 'skipped':
      return { name, ok: 'skipped', message: text(`cli.doctor.${check.because}`) };
    case 'bad':
      return {
        name,
        ok: false,
        message: 'fault' in check ? faultMessage(check) : badMessage(name, check.problem),
      };
  }
}

function goodMessage(name: Check['name'], facts: CheckFacts): string {
  switch (name) {
    case 'udp':
      return text('milliseconds' in facts ? 'cli.doctor.udp.echo' : 'cli.doctor.udp', facts);
    case 'encryption':
      return encryptionMessage(facts);
    case 'token':
    case 'gateway':
    case 'permissions':
    case 'hearing':
    case 'decoder':
    case 'interactions':
      return text(`cli.doctor.${name}`, facts);
  }
}

function encryptionMessage(facts: CheckFacts): string {
  const parts = [
    text('mode' in facts ? 'cli.doctor.encryption.call' : 'cli.doctor.encryption', facts),
  ];
  if ('code' in facts) parts.push(text('cli.doctor.encryption.code', facts));
  return parts.join(' ');
}

function faultMessage({ fault, facts }: Unheard): string {
  return text(`cli.doctor.hearing.${fault}`, facts);
}

function badMessage(name: Check['name'], problem: Problem): string {
  if (problem.code !== 'fault') return problemText(problem);
  const ofInstallation = name === 'decoder' || name === 'encryption';
  return text(ofInstallation ? 'cli.doctor.fault.install' : 'cli.doctor.fault', problem.details);
}
