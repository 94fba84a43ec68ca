import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const page = readFileSync(path.join(root, 'docs/threat-model.md'), 'utf8');

/** Rows of the tables whose last column names tests, cell by cell. */
const attacks = page
  .split('\n## ')
  .flatMap((section) => {
    const [header, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
    return /\| test +\|$/.test(header ?? '') ? rows : [];
  })
  .map((row) => row.split('|').map((cell) => cell.trim()));

/** Every file name in backticks of the last column: `unit/legal/licences`. */
const namedTests = attacks.flatMap((cells) =>
  [...(cells.at(-2) ?? '').matchAll(/`((?:unit|vectors|scenario|ui|e2e)\/[^`]+)`/g)].map(
    ([, name = '']) => name,
  ),
);

describe('threat model', () => {
  it('names only tests that there are', () => {
    const missing = namedTests.filter(
      (name) =>
        !['.test.ts', '.test.tsx'].some((end) => existsSync(path.join(root, 'test', name + end))),
    );
    expect(namedTests.length).toBeGreaterThan(30);
    expect(missing).toEqual([]);
  });

  it('names a test for each attack, or says that there is none', () => {
    const without = attacks.filter((cells) => !/^`|^none: /.test(cells.at(-2) ?? ''));
    expect(attacks.length).toBeGreaterThan(25);
    expect(without).toEqual([]);
  });

  it('speaks of each attacker, and of nobody else', () => {
    const named = new Set(attacks.flatMap((cells) => (cells[2] ?? '').split(', ')));
    expect([...named].sort()).toEqual('A B C D E F G H chance slip'.split(' '));
  });
});
