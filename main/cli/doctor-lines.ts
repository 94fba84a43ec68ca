import type { Problem } from '../../preload/contract/error-codes.ts';
import type { Check } from '../engine/diagnose.ts';
import { type MessageValues, problemText, text } from '../../preload/contract/messages/text.ts';

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
      return { name: check.name, ok: 'skipped', message: text(`cli.doctor.${check.because}`) };
    case 'bad':
      return { name: check.name, ok: false, message: badMessage(check.name, check.problem) };
  }
}

function goodMessage(name: Check['name'], facts: MessageValues): string {
  const inCall = name === 'encryption' && facts['mode'] !== undefined;
  return text(inCall ? 'cli.doctor.encryption.call' : `cli.doctor.${name}`, facts);
}

function badMessage(name: Check['name'], problem: Problem): string {
  if (problem.code !== 'fault') return problemText(problem);
  const ofInstallation = name === 'decoder' || name === 'encryption';
  return text(ofInstallation ? 'cli.doctor.fault.install' : 'cli.doctor.fault', problem.details);
}
