import type { ChannelInfo } from './guild-directory.ts';
import { hasPermission, missingPermissions } from './permissions.ts';

/** Why Discord would ignore a join without a word. */
export type JoinObstacle =
  | { readonly kind: 'hidden' }
  | { readonly kind: 'permission-missing'; readonly permissions: readonly string[] }
  | { readonly kind: 'full'; readonly count: number; readonly limit: number };

/** What keeps the bot out of `channel`; null when nothing known does. A full channel lets in who may move members. */
export function joinObstacle(channel: ChannelInfo): JoinObstacle | null {
  if (channel.hidden) return { kind: 'hidden' };
  const permissions = missingPermissions(['viewChannel', 'connect'], channel.permissions);
  if (permissions.length > 0) return { kind: 'permission-missing', permissions };
  const { people, userLimit: limit } = channel;
  const full = limit > 0 && people.length >= limit;
  if (!full || hasPermission(channel.permissions, 'moveMembers')) return null;
  return { kind: 'full', count: people.length, limit };
}
