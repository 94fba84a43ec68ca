import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scratchFolder } from '../../support/scratch-folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** Runs scripts/audit.mjs with a program in place of npm that prints `answer` and ends with 1, as npm does. */
async function audit(answer: string): Promise<{ readonly exitCode: number | null; said: string }> {
  const npm = path.join(await scratchFolder(), 'npm.js');
  writeFileSync(npm, `console.log(${JSON.stringify(answer)}); process.exitCode = 1;`);
  const { status, stdout } = spawnSync(process.execPath, [path.join(root, 'scripts/audit.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: npm },
  });
  return { exitCode: status, said: stdout };
}

/** As npm 11 prints it: `via` is advisories, or names of dependencies that have some. */
function report(
  name: string,
  { severity, node = `node_modules/${name}` }: { severity: string; node?: string },
): string {
  const advisory = { source: 1, name, title: 'A weakness', url: 'https://example.org/1', severity };
  const shared = { severity, isDirect: false, effects: [], range: '*', fixAvailable: false };
  return JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: {
      [name]: { name, via: [advisory], nodes: [node], ...shared },
      react: { name: 'react', via: [name], nodes: ['node_modules/react'], ...shared },
    },
  });
}

describe('audit', () => {
  it('passes and says so when nothing is found', async () => {
    const { exitCode, said } = await audit('{"auditReportVersion":2,"vulnerabilities":{}}');
    expect([exitCode, said]).toEqual([0, 'audit: nothing found\n']);
  });

  it.each([
    [
      '405',
      { message: '405 Method Not Allowed - POST https://registry.example/', statusCode: 405 },
    ],
    [
      'ECONNREFUSED',
      { message: 'request to http://127.0.0.1:9/ failed, reason: connect ECONNREFUSED', error: {} },
    ],
    ['ENOLOCK', { error: { code: 'ENOLOCK', summary: 'This command requires a lockfile' } }],
    ['not an audit report', { hello: 1 }],
  ])('passes without an answer (%s), says that, and names no host', async (why, answer) => {
    const { exitCode, said } = await audit(JSON.stringify(answer));
    const line = `audit: no answer from the registry (${why}), so nothing was checked\n`;
    expect([exitCode, said]).toEqual([0, line]);
  });

  it.each(['ws', 'zod'])('fails on a high one in %s, which is shipped', async (name) => {
    const { exitCode, said } = await audit(report(name, { severity: 'high' }));
    expect(exitCode).toBe(1);
    expect(said).toContain(`${name}: high: A weakness`);
    expect(said).toContain('1 in shipped packages');
  });

  it('passes on one that is lower', async () => {
    expect((await audit(report('ws', { severity: 'moderate' }))).exitCode).toBe(0);
  });

  it('passes on one in a package of which nothing is shipped', async () => {
    const { exitCode, said } = await audit(report('vitest', { severity: 'critical' }));
    expect(exitCode).toBe(0);
    expect(said).toContain('vitest: critical');
  });

  it('passes on one in another version than the shipped one', async () => {
    const node = 'node_modules/somewhere/node_modules/ws';
    expect((await audit(report('ws', { severity: 'high', node }))).exitCode).toBe(0);
  });

  it('is a step of npm run check', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));
    expect(scripts['audit']).toBe('node scripts/audit.mjs');
    expect(scripts['check']).toContain('npm run audit');
  });
});
