import type { ChannelSnapshot } from '../../preload/contract/snapshot.ts';
import { listOf } from './figures.ts';
import { text } from './text.tsx';

/** Why the bot cannot record there, with the cure; null when it can. */
export function reasonAgainst({ missingPermissions, full }: ChannelSnapshot): string | null {
  const [first] = missingPermissions;
  if (first === 'Connect') return text('channels.reason.connect');
  if (first !== undefined) {
    return text('channels.reason.permission', {
      count: missingPermissions.length,
      permissions: permissionList(missingPermissions),
    });
  }
  return full === null ? null : text('channels.reason.full', full);
}

/** `“Connect” and “Send Messages”`. */
export function permissionList(permissions: readonly string[]): string {
  return listOf(permissions.map((permission) => `“${permission}”`));
}
