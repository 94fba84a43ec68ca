import { describe, expect, test } from 'vitest';
import type { PermissionOverwrite, PermissionSubject } from '../../../main/discord/permissions.ts';
import {
  ALL_PERMISSIONS,
  computePermissions,
  guildPermissions,
  missingPermissions,
  PERMISSIONS,
} from '../../../main/discord/permissions.ts';

const GUILD = '100';
const BOT = '200';
const ROLE_A = '301';
const ROLE_B = '302';
const { viewChannel, connect, speak, sendMessages, readMessageHistory, administrator } =
  PERMISSIONS;
const JOIN = viewChannel.bit | connect.bit;

function subject(
  everyone: bigint,
  change: Partial<PermissionSubject> & { roleA?: bigint; roleB?: bigint } = {},
): PermissionSubject {
  const { roleA = 0n, roleB = 0n, ...rest } = change;
  const roles = new Map([
    [GUILD, everyone],
    [ROLE_A, roleA],
    [ROLE_B, roleB],
  ]);
  return {
    guildId: GUILD,
    ownerId: '1',
    userId: BOT,
    roleIds: [],
    roles,
    timedOut: false,
    ...rest,
  };
}

function overwrite(id: string, change: Partial<PermissionOverwrite>): PermissionOverwrite {
  return { id, target: 'role', allow: 0n, deny: 0n, ...change };
}

describe('permission bits', () => {
  test('make the invite integer Discord calculates for the recommended set', () => {
    const invite = (
      [
        'viewChannel',
        'sendMessages',
        'embedLinks',
        'readMessageHistory',
        'connect',
        'speak',
      ] as const
    ).reduce((mask, name) => mask | PERMISSIONS[name].bit, 0n);
    const mask = invite | PERMISSIONS.useVoiceActivity.bit | PERMISSIONS.changeNickname.bit;
    expect(mask).toBe(103_894_016n);
  });

  // PermissionFlagsBits of discord-api-types 0.38 (v10).
  test('are those of discord-api-types', () => {
    expect(Object.values(PERMISSIONS).map(({ bit }) => bit.toString())).toEqual([
      ...['8', '16', '256', '512', '1024', '2048', '16384', '65536', '1048576', '2097152'],
      ...['4194304', '8388608', '16777216', '33554432', '67108864', '4294967296'],
      ...['549755813888', '4398046511104', '35184372088832', '281474976710656'],
    ]);
  });
});

describe('computePermissions', () => {
  test('gives the owner everything, whatever overwrites deny', () => {
    const denied = [overwrite(GUILD, { deny: ALL_PERMISSIONS })];
    expect(computePermissions(subject(0n, { ownerId: BOT, timedOut: true }), denied)).toBe(
      ALL_PERMISSIONS,
    );
  });

  test('gives administrators everything, through any role', () => {
    const admin = subject(0n, { roleIds: [ROLE_B], roleB: administrator.bit });
    const denied = [overwrite(BOT, { target: 'member', deny: JOIN })];
    expect(computePermissions(admin, denied)).toBe(ALL_PERMISSIONS);
  });

  test('an administrator bit in a channel overwrite gives nothing', () => {
    const allowed = [overwrite(GUILD, { allow: administrator.bit })];
    expect(computePermissions(subject(0n), allowed)).toBe(0n);
  });

  test('adds everyone and the roles the member has, not the others', () => {
    const has = { roleIds: [ROLE_A], roleA: connect.bit, roleB: speak.bit };
    expect(computePermissions(subject(viewChannel.bit, has), [])).toBe(JOIN);
  });

  test('applies everyone, then the roles together, then the member', () => {
    const who = subject(JOIN, { roleIds: [ROLE_A, ROLE_B] });
    const everyoneDenies = overwrite(GUILD, { deny: connect.bit });
    const roleDenies = overwrite(ROLE_A, { deny: connect.bit });
    const roleAllows = overwrite(ROLE_B, { allow: connect.bit });
    const memberDenies = overwrite(BOT, { target: 'member', deny: connect.bit });
    expect(computePermissions(who, [everyoneDenies])).toBe(viewChannel.bit);
    expect(computePermissions(who, [everyoneDenies, roleAllows])).toBe(JOIN);
    // One role's allow beats another role's deny, in whatever order they are listed.
    expect(computePermissions(who, [roleAllows, roleDenies])).toBe(JOIN);
    expect(computePermissions(who, [roleDenies, roleAllows])).toBe(JOIN);
    expect(computePermissions(who, [memberDenies, roleAllows])).toBe(viewChannel.bit);
  });

  test('ignores overwrites of other roles and other members', () => {
    const others = [
      overwrite(ROLE_A, { deny: JOIN }),
      overwrite('999', { target: 'member', deny: JOIN }),
      overwrite(BOT, { target: 'role', deny: JOIN }), // a role with our user id
      overwrite(ROLE_A, { target: 'member', deny: JOIN }),
    ];
    expect(computePermissions(subject(JOIN), others)).toBe(JOIN);
  });

  test('without View Channel no permission counts, without Connect none of voice', () => {
    const all = JOIN | speak.bit | sendMessages.bit;
    expect(computePermissions(subject(all), [overwrite(GUILD, { deny: viewChannel.bit })])).toBe(
      0n,
    );
    expect(computePermissions(subject(all), [overwrite(GUILD, { deny: connect.bit })])).toBe(
      viewChannel.bit | sendMessages.bit,
    );
  });

  test('a time-out leaves seeing and reading', () => {
    const all = JOIN | speak.bit | sendMessages.bit | readMessageHistory.bit;
    const timedOut = subject(all, { timedOut: true });
    expect(computePermissions(timedOut, [])).toBe(viewChannel.bit | readMessageHistory.bit);
    expect(guildPermissions(timedOut)).toBe(viewChannel.bit | readMessageHistory.bit);
  });

  test('bits above 2^53 are exact', () => {
    const high = (1n << 63n) | 1n;
    expect(computePermissions(subject(viewChannel.bit | high), [])).toBe(viewChannel.bit | high);
  });
});

describe('missingPermissions', () => {
  test('names what is missing as Discord shows it, in the order asked', () => {
    const needed = ['viewChannel', 'connect', 'speak', 'sendMessages', 'changeNickname'] as const;
    expect(missingPermissions(needed, connect.bit)).toEqual([
      'View Channel',
      'Speak',
      'Send Messages',
      'Change Nickname',
    ]);
    expect(missingPermissions(needed, ALL_PERMISSIONS)).toEqual([]);
  });
});
