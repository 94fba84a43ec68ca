import { JOIN_PERMISSIONS } from '../discord/join-check.ts';
import { missingPermissions, permissionMask, type PermissionName } from '../discord/permissions.ts';

/** To tell the people in a channel that they are recorded, one for each way: message, nickname and sound. */
const NOTICE_PERMISSIONS: readonly PermissionName[] = ['sendMessages', 'changeNickname', 'speak'];

/** By the names that Discord shows. */
export interface MissingPermissions {
  /** Without these nothing can be recorded; those of every notice are among them where no notice can be given. */
  readonly needed: readonly string[];
  /** Of the ways to tell people. */
  readonly ofNotices: readonly string[];
}

/** What the bot lacks, in a channel where it has the permissions `have`, to record there. */
export function missingToRecord(have: bigint): MissingPermissions {
  const ofNotices = missingPermissions(NOTICE_PERMISSIONS, have);
  const isMute = ofNotices.length === NOTICE_PERMISSIONS.length;
  const toJoin = missingPermissions(JOIN_PERMISSIONS, have);
  return { needed: isMute ? [...toJoin, ...ofNotices] : toJoin, ofNotices };
}

/** Discord's page that adds the bot to a server, with what a recording and its notices need and no other permission. */
export function inviteUrl(applicationId: string): string {
  const permissions = String(permissionMask([...JOIN_PERMISSIONS, ...NOTICE_PERMISSIONS]));
  const query = new URLSearchParams({ client_id: applicationId, scope: 'bot', permissions });
  return `https://discord.com/oauth2/authorize?${query.toString()}`;
}
