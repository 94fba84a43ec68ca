/** Permissions a recorder meets: the bit in Discord's 64-bit mask and the name Discord shows. */
export const PERMISSIONS = {
  administrator: { bit: 1n << 3n, label: 'Administrator' },
  manageChannels: { bit: 1n << 4n, label: 'Manage Channels' },
  prioritySpeaker: { bit: 1n << 8n, label: 'Priority Speaker' },
  video: { bit: 1n << 9n, label: 'Video' },
  viewChannel: { bit: 1n << 10n, label: 'View Channel' },
  sendMessages: { bit: 1n << 11n, label: 'Send Messages' },
  embedLinks: { bit: 1n << 14n, label: 'Embed Links' },
  readMessageHistory: { bit: 1n << 16n, label: 'Read Message History' },
  connect: { bit: 1n << 20n, label: 'Connect' },
  speak: { bit: 1n << 21n, label: 'Speak' },
  muteMembers: { bit: 1n << 22n, label: 'Mute Members' },
  deafenMembers: { bit: 1n << 23n, label: 'Deafen Members' },
  moveMembers: { bit: 1n << 24n, label: 'Move Members' },
  useVoiceActivity: { bit: 1n << 25n, label: 'Use Voice Activity' },
  changeNickname: { bit: 1n << 26n, label: 'Change Nickname' },
  requestToSpeak: { bit: 1n << 32n, label: 'Request to Speak' },
  useActivities: { bit: 1n << 39n, label: 'Use Activities' },
  useSoundboard: { bit: 1n << 42n, label: 'Use Soundboard' },
  useExternalSounds: { bit: 1n << 45n, label: 'Use External Sounds' },
  setVoiceChannelStatus: { bit: 1n << 48n, label: 'Set Voice Channel Status' },
} as const;

export type PermissionName = keyof typeof PERMISSIONS;

/**
 * What the guild's owner and administrators have: every bit of the mask.
 * @internal exported for tests
 */
export const ALL_PERMISSIONS = 0xffff_ffff_ffff_ffffn;

/** Permissions that mean nothing without CONNECT. */
const VOICE_PERMISSIONS = permissionMask([
  'connect',
  'prioritySpeaker',
  'video',
  'speak',
  'muteMembers',
  'deafenMembers',
  'moveMembers',
  'useVoiceActivity',
  'requestToSpeak',
  'useActivities',
  'useSoundboard',
  'useExternalSounds',
  'setVoiceChannelStatus',
]);

/** Permissions that a timed-out member keeps. */
const TIMED_OUT_PERMISSIONS = permissionMask(['viewChannel', 'readMessageHistory']);

export interface PermissionOverwrite {
  /** A role's or a member's id; the guild's own id stands for `@everyone`. */
  readonly id: string;
  readonly target: 'role' | 'member';
  readonly allow: bigint;
  readonly deny: bigint;
}

/** One member of one guild, as far as permissions go. */
export interface PermissionSubject {
  readonly guildId: string;
  readonly ownerId: string;
  readonly userId: string;
  /** The member's roles, `@everyone` left out. */
  readonly roleIds: readonly string[];
  /** Permissions of all the guild's roles by id; that of `@everyone` is the guild's id. */
  readonly roles: ReadonlyMap<string, bigint>;
  readonly timedOut: boolean;
}

/** The member's permissions in the guild as a whole, no channel looked at. */
export function guildPermissions(subject: PermissionSubject): bigint {
  const base = basePermissions(subject);
  if (base === ALL_PERMISSIONS) return base;
  return subject.timedOut ? base & TIMED_OUT_PERMISSIONS : base;
}

/**
 * The member's permissions in one channel, in Discord's order (topics/permissions, "Permission Overwrites" and
 * "Implicit Permissions"): owner, administrator, `@everyone`, roles together, member, then the gates: nothing without
 * VIEW_CHANNEL, nothing of voice without CONNECT, only seeing and reading while timed out.
 */
export function computePermissions(
  subject: PermissionSubject,
  overwrites: readonly PermissionOverwrite[],
): bigint {
  let permissions = basePermissions(subject);
  if (permissions === ALL_PERMISSIONS) return permissions;
  const { guildId, userId, roleIds } = subject;
  const ofRoles = overwrites.filter(({ target }) => target === 'role');
  const ofMember = overwrites.filter(({ target, id }) => target === 'member' && id === userId);
  for (const step of [
    ofRoles.filter(({ id }) => id === guildId),
    ofRoles.filter(({ id }) => id !== guildId && roleIds.includes(id)),
    ofMember,
  ]) {
    const deny = step.reduce((mask, overwrite) => mask | overwrite.deny, 0n);
    const allow = step.reduce((mask, overwrite) => mask | overwrite.allow, 0n);
    permissions = (permissions & ~deny) | allow;
  }
  if (!hasPermission(permissions, 'viewChannel')) return 0n;
  if (!hasPermission(permissions, 'connect')) permissions &= ~VOICE_PERMISSIONS;
  return subject.timedOut ? permissions & TIMED_OUT_PERMISSIONS : permissions;
}

export function hasPermission(have: bigint, name: PermissionName): boolean {
  return (have & PERMISSIONS[name].bit) !== 0n;
}

/** Those of `needed` that `have` lacks, by the names Discord shows, in the order asked. */
export function missingPermissions(needed: readonly PermissionName[], have: bigint): string[] {
  return needed.filter((name) => !hasPermission(have, name)).map((name) => PERMISSIONS[name].label);
}

/** Those permissions as Discord writes them, bits of a 64-bit mask. */
export function permissionMask(names: readonly PermissionName[]): bigint {
  return names.reduce((mask, name) => mask | PERMISSIONS[name].bit, 0n);
}

/** Steps 1 and 2: everything for the owner and for administrators, else `@everyone` and the member's roles together. */
function basePermissions(subject: PermissionSubject): bigint {
  if (subject.ownerId === subject.userId) return ALL_PERMISSIONS;
  const base = [subject.guildId, ...subject.roleIds].reduce(
    (mask, id) => mask | (subject.roles.get(id) ?? 0n),
    0n,
  );
  return hasPermission(base, 'administrator') ? ALL_PERMISSIONS : base;
}
