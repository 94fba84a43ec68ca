import { describe, expect, test } from 'vitest';
import { SealChain } from '../../../../main/recording/seal/seal-chain.ts';
import { openSealKey, type SealKey } from '../../../../main/recording/seal/seal-key.ts';
import {
  hashLine,
  parseSealLine,
  writeSealLine,
  type SealLine,
} from '../../../../main/recording/seal/seal-line.ts';
import { scratchFolder } from '../../../support/scratch-folder.ts';

const AT = '2026-11-24T03:20:57.000Z';
const NO_FILES = { at: AT, samples: 0, files: {} };

/** Lines, each chained to the one before and signed by the key beside it. */
function chained(made: readonly (readonly [Partial<SealLine>, SealKey | null])[]): string[] {
  const lines: string[] = [];
  for (const [line, key] of made) {
    const last = lines.at(-1);
    const previous = last === undefined ? null : hashLine(last);
    lines.push(writeSealLine({ ...NO_FILES, n: lines.length, previous, ...line }, key));
  }
  return lines;
}

/** What a chain says of its last line. */
function lastOf(lines: readonly string[]): unknown {
  const chain = new SealChain();
  let last: unknown;
  for (const line of lines) {
    const taken = chain.take(Buffer.from(line));
    last = typeof taken === 'string' ? taken : taken.byFirstKey;
  }
  return last;
}

describe('seal chain', () => {
  test('a line that another key adds is taken, and told apart, and so is what follows it', async () => {
    const [own, other] = [
      await openSealKey(await scratchFolder()),
      await openSealKey(await scratchFolder()),
    ];
    const { publicKey } = own;
    const begun = [[{ seal: 1, publicKey }, own] as const, [{}, own] as const];
    expect(lastOf(chained(begun))).toBe(true);
    const closed = [...begun, [{ act: 'closed', sealedUntil: 0 }, own] as const];
    expect(lastOf(chained(closed))).toBe(true);
    const added = [
      ...closed,
      [{ act: 'forgotten', sealedUntil: 0, publicKey: other.publicKey }, other] as const,
    ];
    expect(lastOf(chained(added))).toBe(false);
    const back = [...added, [{ act: 'forgotten', sealedUntil: 0, publicKey }, own] as const];
    expect(lastOf(chained(back))).toBe(false);
    const unsigned = [
      ...closed,
      [{ act: 'recovered', sealedUntil: 0, publicKey: null }, null] as const,
    ];
    expect(lastOf(chained(unsigned))).toBe(false);
  });

  test('a line that does not belong there is told why', async () => {
    const own = await openSealKey(await scratchFolder());
    const first = [{ seal: 1, publicKey: own.publicKey }, own] as const;
    const closed = [{ act: 'closed', sealedUntil: 0 }, own] as const;
    expect(lastOf(chained([[{}, own]]))).toBe('the first line of the seal is missing');
    expect(lastOf(chained([first, [{}, null]]))).toBe('line 1 is not signed with its key');
    expect(lastOf(chained([first, [{ n: 2 }, own]]))).toBe('line 2 does not follow line 0');
    expect(lastOf(chained([first, [{ previous: null }, own]]))).toBe(
      'line 1 does not follow line 0',
    );
    expect(lastOf(chained([first, closed, [{}, own]]))).toBe('line 2 goes on behind the end');
    expect(lastOf(chained([first, [{ publicKey: null }, null]]))).toBe(
      'line 1 goes on behind the end',
    );
    expect(lastOf(['no line'])).toBe('line is none of a seal');
  });

  test('every part of a line is none, and every changed character is found', async () => {
    const own = await openSealKey(await scratchFolder());
    const [line = ''] = chained([[{ seal: 1, publicKey: own.publicKey }, own]]);
    for (let end = 0; end < line.length; end += 1)
      expect(parseSealLine(Buffer.from(line.slice(0, end)))).toBeNull();
    for (let at = 0; at < line.length - '=="}'.length - 1; at += 1) {
      const changed = Buffer.from(line);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect([at, lastOf([changed.toString('latin1')])]).toEqual([at, expect.any(String)]);
    }
  });
});
