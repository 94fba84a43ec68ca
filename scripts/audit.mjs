// node scripts/audit.mjs: asks the npm registry for known weaknesses, and fails on severity high or above in a package
// that is shipped (by out/legal/bill-of-materials.cdx.json). A registry that gives no answer does not fail: some serve
// no audit, and a machine may be offline. That is said, because it is not the same as "nothing found".
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const LONGEST_MS = 30_000;
const FAILING = ['high', 'critical'];
const root = path.resolve(import.meta.dirname, '..');
const readJson = (file) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));

/** npm's report, or why there is none, in words that name no host. */
function askRegistry() {
  const args = ['audit', '--json', '--fetch-retries=0', `--fetch-timeout=${LONGEST_MS}`];
  const options = { cwd: root, encoding: 'utf8', timeout: LONGEST_MS, maxBuffer: 1 << 28 };
  const npm = process.env.npm_execpath;
  const asked = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (asked.error?.code === 'ETIMEDOUT') return { none: `${LONGEST_MS / 1000} s have passed` };
  if (asked.error !== undefined) return { none: asked.error.code };
  let answer;
  try {
    answer = JSON.parse(asked.stdout);
  } catch {
    return { none: 'npm printed no JSON' };
  }
  if (answer.auditReportVersion === 2 && typeof answer.vulnerabilities === 'object') return answer;
  const [code] = /\bE[A-Z]{3,}\b/.exec(answer.message) ?? []; // its other words name the registry
  return { none: answer.statusCode ?? answer.error?.code ?? code ?? 'not an audit report' };
}

/** Advisories against the very versions that are shipped; a package that only depends on one has none of its own. */
function findings({ vulnerabilities }) {
  const shipped = new Set(
    readJson('out/legal/bill-of-materials.cdx.json').components.map(({ purl }) => purl),
  );
  const lock = readJson('package-lock.json').packages;
  const isShipped = ({ name, nodes }) =>
    nodes.some((node) =>
      shipped.has(`pkg:npm/${name.replace('@', '%40')}@${lock[node]?.version ?? ''}`),
    );
  return Object.values(vulnerabilities).flatMap((package_) =>
    package_.via
      .filter((advisory) => typeof advisory === 'object')
      .map(({ severity, title, url }) => ({
        line: `${package_.name}: ${severity}: ${title} (${url})`,
        fails: FAILING.includes(severity) && isShipped(package_),
      })),
  );
}

const answer = askRegistry();
if ('none' in answer) {
  console.log(`audit: no answer from the registry (${answer.none}), so nothing was checked`);
} else {
  const found = findings(answer);
  const failing = found.filter(({ fails }) => fails);
  for (const { line } of found) console.log(`audit: ${line}`);
  const others = `${found.length - failing.length} others, which are lower or not shipped`;
  if (found.length === 0) console.log('audit: nothing found');
  else
    console.log(
      `audit: ${failing.length} in shipped packages of severity high or above, ${others}`,
    );
  process.exitCode = failing.length === 0 ? 0 : 1;
}
