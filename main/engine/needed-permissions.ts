import { JOIN_PERMISSIONS } from '../discord/join-check.ts';
import { permissionMask, type PermissionName } from '../discord/permissions.ts';

/** To tell the people in a channel that they are recorded. */
export const NOTICE_PERMISSIONS: readonly PermissionName[] = ['sendMessages'];

/** What a recording needs: to see and enter the channel, and to tell the people there. */
export const NEEDED_PERMISSIONS: readonly PermissionName[] = [
  ...JOIN_PERMISSIONS,
  ...NOTICE_PERMISSIONS,
];

/** Discord's page that adds the bot to a server, with `NEEDED_PERMISSIONS` and no others. */
export function inviteUrl(applicationId: string): string {
  const permissions = String(permissionMask(NEEDED_PERMISSIONS));
  const query = new URLSearchParams({ client_id: applicationId, scope: 'bot', permissions });
  return `https://discord.com/oauth2/authorize?${query.toString()}`;
}
