import * as theirs from 'discord-api-types/v10';
import { VoiceCloseCodes, VoiceEncryptionMode, VoiceOpcodes } from 'discord-api-types/voice/v8';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { afterClose } from '../../../main/discord/gateway-close.ts';
import { GATEWAY_INTENTS, GATEWAY_OP } from '../../../main/discord/gateway-frame.ts';
import { HIDDEN_CHANNEL_FLAG } from '../../../main/discord/guild-state.ts';
import { PERMISSIONS } from '../../../main/discord/permissions.ts';
import { DAVE_OPS } from '../../../main/demo/dave/dave-payloads.ts';
import { GATEWAY_OPS, INTENTS } from '../../../main/demo/gateway/gateway-messages.ts';
import { REST_ERRORS, invalidForm } from '../../../main/demo/rest/rest-answer.ts';
import { VOICE_OPS } from '../../../main/demo/voice/voice-payloads.ts';
import { PERMISSION_BITS } from '../../../main/demo/world/world-permissions.ts';
import { CHANNEL_TYPES, FLAG_OBFUSCATED } from '../../../main/demo/world/world-types.ts';
import { TRANSPORT_MODES } from '../../../main/rtp/transport-modes.ts';
import { closeMeaning } from '../../../main/voice/close-codes.ts';
import { VOICE_OPCODE } from '../../../main/voice/voice-opcodes.ts';

const errorBody = z.object({ code: z.number() });

// Client and demo server were written by the same hands; discord-api-types was not.

/** Names without what tells one spelling from another: `VOICE_STATE_UPDATE`, `voiceStateUpdate`. */
const bare = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** Numbers by bare name, of an enum (which has its names as values too) or of a table. */
function byName<T>(table: Readonly<Record<string, T | string>>): Map<string, T> {
  const entries = Object.entries(table).filter(
    (entry): entry is [string, T] => typeof entry[1] !== 'string',
  );
  return new Map(entries.map(([name, value]) => [bare(name), value]));
}

/** Our names that they do not have (`beyond`), and those whose value is another one there (`wrong`). */
function compare(
  ours: Readonly<Record<string, number | bigint>>,
  official: Readonly<Record<string, number | bigint | string>>,
  called: Readonly<Record<string, string>> = {},
): { readonly beyond: string[]; readonly wrong: string[] } {
  const known = byName<number | bigint>(official);
  const theirsOf = (name: string): number | bigint | undefined =>
    known.get(bare(called[name] ?? name));
  const names = Object.keys(ours);
  const beyond = names.filter((name) => theirsOf(name) === undefined);
  const shared = names.filter((name) => !beyond.includes(name));
  return { beyond, wrong: shared.filter((name) => ours[name] !== theirsOf(name)) };
}

/** All of ours are there, with the same values. */
const SAME = { beyond: [], wrong: [] };

const DAVE_NAMES = {
  externalSender: 'MlsExternalSender',
  keyPackage: 'MlsKeyPackage',
  proposals: 'MlsProposals',
  commitWelcome: 'MlsCommitWelcome',
  announceCommit: 'MlsAnnounceCommitTransition',
  welcome: 'MlsWelcome',
  invalidCommitWelcome: 'MlsInvalidCommitWelcome',
};

/** The same with a prefix of ours, such as `daveWelcome`: `DaveMlsWelcome`. */
const daveNames = (prefix: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(DAVE_NAMES).map(([ours, official]) => [
      `${prefix}${ours.charAt(0).toUpperCase()}${ours.slice(1)}`,
      `Dave${official}`,
    ]),
  );

describe('opcodes', () => {
  test('of the main gateway', () => {
    expect(compare(GATEWAY_OP, theirs.GatewayOpcodes)).toEqual(SAME);
    const called = {
      presence: 'PresenceUpdate',
      voiceState: 'VoiceStateUpdate',
      requestMembers: 'RequestGuildMembers',
      soundboard: 'RequestSoundboardSounds',
      channelInfo: 'RequestChannelInfo',
    };
    const demo = compare(GATEWAY_OPS, theirs.GatewayOpcodes, called);
    expect(demo).toEqual({ ...SAME, beyond: ['voicePing'] }); // of user accounts
  });

  test('of the voice gateway', () => {
    const client = compare(VOICE_OPCODE, VoiceOpcodes, daveNames('dave'));
    expect(client).toEqual({ ...SAME, beyond: ['video', 'clientFlags', 'clientPlatform'] });
    const undocumented = [
      ...['video', 'sessionUpdate', 'mediaSinkWants', 'backendVersion', 'channelOptions'],
      ...['clientFlags', 'clientPlatform', 'noRoute'],
    ];
    expect(compare(VOICE_OPS, VoiceOpcodes)).toEqual({ ...SAME, beyond: undocumented });
    const demo = Object.entries(DAVE_OPS).map(([name, op]) => [`dave_${name}`, op] as const);
    const called = Object.entries(DAVE_NAMES).map(
      ([ours, own]) => [`dave_${ours}`, `Dave${own}`] as const,
    );
    expect(compare(Object.fromEntries(demo), VoiceOpcodes, Object.fromEntries(called))).toEqual(
      SAME,
    );
  });
});

describe('close codes', () => {
  test('of the main gateway mean what their names say', () => {
    const { GatewayCloseCodes: Code } = theirs;
    const final = {
      [Code.AuthenticationFailed]: 'token-rejected',
      [Code.InvalidShard]: 'shard-refused',
      [Code.ShardingRequired]: 'shard-refused',
      [Code.InvalidAPIVersion]: 'version-refused',
      [Code.InvalidIntents]: 'intents-refused',
      [Code.DisallowedIntents]: 'intents-refused',
    };
    for (const code of byName<number>(Code).values()) {
      const after = afterClose(code);
      const reason = after.kind === 'give-up' ? after.error.reason : undefined;
      expect([code, reason]).toEqual([
        code,
        Object.entries(final).find(([c]) => c === String(code))?.[1],
      ]);
    }
  });

  test('of the voice gateway are all known', () => {
    const reasons: Record<keyof typeof VoiceCloseCodes, string | null> = {
      UnknownOpcode: 'protocol',
      FailedToDecode: 'protocol',
      NotAuthenticated: 'protocol',
      AuthenticationFailed: 'authentication',
      AlreadyAuthenticated: 'protocol',
      SessionNoLongerValid: 'session-invalid',
      SessionTimeout: 'session-invalid',
      ServerNotFound: 'server-not-found',
      UnknownProtocol: 'protocol',
      Disconnected: 'disconnected',
      VoiceServerCrashed: null,
      UnknownEncryptionMode: 'no-transport-mode',
      EndToEndEncryptionDAVEProtocolRequired: 'e2ee-required',
      BadRequest: 'protocol',
      RateLimited: 'rate-limited',
      CallTerminated: 'call-ended',
    };
    const codes = byName<number>(VoiceCloseCodes);
    for (const [name, reason] of Object.entries(reasons))
      expect([name, closeMeaning(codes.get(bare(name)) ?? 0)?.reason ?? null]).toEqual([
        name,
        reason,
      ]);
    expect(codes.size).toBe(Object.keys(reasons).length);
  });
});

test('permission bits', () => {
  const bits = Object.fromEntries(
    Object.entries(PERMISSIONS).map(([name, { bit }]) => [name, bit]),
  );
  const called = {
    video: 'Stream',
    useVoiceActivity: 'UseVAD',
    useActivities: 'UseEmbeddedActivities',
  };
  expect(compare(bits, theirs.PermissionFlagsBits, called)).toEqual(SAME);
  expect(compare(PERMISSION_BITS, theirs.PermissionFlagsBits)).toEqual(SAME);
});

test('channel types and flags, intents, transport modes', () => {
  const called = {
    text: 'GuildText',
    voice: 'GuildVoice',
    category: 'GuildCategory',
    stage: 'GuildStageVoice',
  };
  expect(compare(CHANNEL_TYPES, theirs.ChannelType, called)).toEqual(SAME);
  expect(FLAG_OBFUSCATED).toBe(theirs.ChannelFlags.ChannelObfuscated);
  expect(HIDDEN_CHANNEL_FLAG).toBe(theirs.ChannelFlags.ChannelObfuscated);
  const { Guilds, GuildVoiceStates, GuildMessages } = theirs.GatewayIntentBits;
  expect(GATEWAY_INTENTS).toBe(Guilds | GuildVoiceStates);
  expect(INTENTS).toMatchObject({
    guilds: Guilds,
    voiceStates: GuildVoiceStates,
    guildMessages: GuildMessages,
    privileged:
      theirs.GatewayIntentBits.GuildMembers |
      theirs.GatewayIntentBits.GuildPresences |
      theirs.GatewayIntentBits.MessageContent,
  });
  const intents = [...byName<number>(theirs.GatewayIntentBits).values()];
  expect(intents.filter((bit) => (INTENTS.known & bit) === 0)).toEqual([]);
  expect([...TRANSPORT_MODES].sort()).toEqual(Object.values<string>(VoiceEncryptionMode).sort());
});

test('JSON error codes of the demo', () => {
  const codes = [...byName<number>(theirs.RESTJSONErrorCodes).values()];
  const answers = [...Object.values(REST_ERRORS), invalidForm('x', 'y')];
  const sent = answers.map(({ body }) => errorBody.parse(body).code);
  expect(sent.filter((code) => !codes.includes(code))).toEqual([]);
});
