import { expect, test } from 'vitest';
import { fuzzCommands } from '../../support/fuzz/commands.ts';
import { fuzzDatagrams } from '../../support/fuzz/datagrams.ts';
import { fuzzDiscordNames } from '../../support/fuzz/discord-names.ts';
import type { FuzzReport } from '../../support/fuzz/fuzz-run.ts';
import { fuzzGatewayMessages } from '../../support/fuzz/gateway-messages.ts';
import { fuzzManifests } from '../../support/fuzz/manifests.ts';
import { fuzzOggFiles } from '../../support/fuzz/ogg-files.ts';
import { fuzzVoiceMessages } from '../../support/fuzz/voice-messages.ts';

/** Inputs of each kind; `npm run soak -- --only C4` runs many more. */
const LIMIT = { timeout: 60_000 };

/** Throws and hangs of a report, and the required outcomes that were not reached. */
function faults(
  { first, throws, hangs, outcomes }: FuzzReport,
  reached: readonly string[],
): object {
  const missed = reached.filter((outcome) => (outcomes[outcome] ?? 0) === 0);
  return { first, throws, hangs, missed };
}

const NONE = { first: null, throws: 0, hangs: 0, missed: [] };

test('wrong datagrams are refused, and every recording of them verifies', LIMIT, async () => {
  const report = await fuzzDatagrams({ count: 16_000, seed: 3 });
  const counts = ['packets', 'lost', 'late', 'undecryptable', 'padding', 'duplicate'];
  const reasons = ['not-rtp', 'transport-auth', 'payload-type', 'unknown-ssrc'];
  expect(
    faults(report, [
      ...counts.map((count) => `ledger: ${count}`),
      ...reasons.map((reason) => `rejected: ${reason}`),
      ...['rtp', 'rtcp', 'keepalive-echo', 'ip-discovery', 'unknown', 'event talkspurt'],
    ]),
  ).toEqual(NONE);
  expect(report.outcomes['recordings that verify']).toBe(8);
});

test('wrong messages of the main gateway are refused or handled', LIMIT, () => {
  const report = fuzzGatewayMessages({ count: 5_000, seed: 3 });
  expect(
    faults(report, ['no frame', 'READY', 'GUILD_CREATE', 'VOICE_STATE_UPDATE malformed']),
  ).toEqual(NONE);
});

test('wrong messages of the voice gateway are refused or handled', LIMIT, () => {
  const report = fuzzVoiceMessages({ count: 5_000, seed: 3 });
  expect(
    faults(report, ['no frame', 'ready', 'op 2 malformed', 'ssrc-named', 'dave-proposals']),
  ).toEqual(NONE);
});

test('a wrong input of the window is refused before anything is done', LIMIT, async () => {
  const report = await fuzzCommands({ count: 5_000, seed: 3 });
  expect(
    faults(report, ['export.start: refused', 'export.start: taken', 'session.mark: taken']),
  ).toEqual(NONE);
});

test('wrong manifests and events are refused or recovered from', LIMIT, async () => {
  const report = await fuzzManifests({ count: 6_000, seed: 3 });
  expect(faults(report, ['manifest taken', 'manifest refused: tracks', 'event: present'])).toEqual(
    NONE,
  );
});

test('wrong Ogg files are read as far as they are valid, and can be sealed', LIMIT, async () => {
  const report = await fuzzOggFiles({ count: 5_000, seed: 3 });
  const kinds = ['garbage', 'granule', 'packet', 'page-sequence', 'foreign-page', 'truncated'];
  expect(
    faults(report, [...kinds.map((kind) => `finding: ${kind}`), 'sealed after damage']),
  ).toEqual(NONE);
});

test('no name leads out of its folder or to another’s file', LIMIT, () => {
  expect(faults(fuzzDiscordNames({ count: 5_000, seed: 3 }), ['named', 'nothing left'])).toEqual(
    NONE,
  );
});
