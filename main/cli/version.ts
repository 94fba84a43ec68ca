import { readFileSync } from 'node:fs';
import { findUpwards } from '../base/find-upwards.ts';

/** Version in package.json, such as `0.1.0`. */
export function appVersion(): string {
  const text = readFileSync(findUpwards('package.json'), 'utf8');
  const version = /"version":\s*"([^"]+)"/.exec(text)?.[1];
  if (version === undefined) throw new Error('package.json has no version');
  return version;
}
