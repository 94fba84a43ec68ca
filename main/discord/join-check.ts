import type { ChannelInfo } from './guild-directory.ts';
import { hasPermission, missingPermissions, type PermissionName } from './permissions.ts';

/** To see a channel and to enter it. */
export const JOIN_PERMISSIONS: readonly PermissionName[] = ['viewChannel', 'connect'];

/** Why Discord would ignore a join without a word. */
export type JoinObstacle =
  | { readonly kind: 'hidden' }
  | { readonly kind: 'permission-missing'; readonly permissions: readonly string[] }
  | { readonly kind: 'full'; readonly count: number; readonly limit: number };

/** What keeps the bot out of `channel`; null when nothing known does. A full channel lets in who may move members. */
export function joinObstacle(channel: ChannelInfo): JoinObstacle | null {
  if (channel.hidden) return { kind: 'hidden' };
  const permissions = missingPermissions(JOIN_PERMISSIONS, channel.permissions);
  if (permissions.length > 0) return { kind: 'permission-missing', permissions };
  const { people, userLimit: limit } = channel;
  const full = limit > 0 && people.length >= limit;
  if (!full || hasPermission(channel.permissions, 'moveMembers')) return null;
  return { kind: 'full', count: people.length, limit };
}
