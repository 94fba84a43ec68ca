import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commands } from '../../../preload/contract/commands.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const filesBelow = (folder: string, ending: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name));

const billSchema = z.strictObject({
  $schema: z.literal('http://cyclonedx.org/schema/bom-1.6.schema.json'),
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.6'),
  version: z.literal(1),
  metadata: z.strictObject({
    component: z.strictObject({
      type: z.literal('application'),
      'bom-ref': z.string(),
      name: z.literal('tapedeck'),
      version: z.string(),
      purl: z.string(),
    }),
  }),
  components: z.array(
    z.strictObject({
      type: z.enum(['library', 'framework']),
      'bom-ref': z.string(),
      name: z.string().min(1),
      version: z.string().min(1),
      scope: z.literal('required'),
      licenses: z.tuple([
        z.union([
          z.strictObject({ license: z.strictObject({ id: z.string() }) }),
          z.strictObject({ expression: z.string() }),
        ]),
      ]),
      purl: z.string().regex(/^pkg:(npm|cargo|github)\/[^ @]+@[^ @]+$/),
    }),
  ),
});

const licences = read('out/legal/licences.txt');
const bill = billSchema.parse(JSON.parse(read('out/legal/bill-of-materials.cdx.json')));
const lock = z
  .object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) })
  .parse(JSON.parse(read('package-lock.json')));

/** Name and version of every package that Vite's source maps and the bundle's fonts come from. */
function inTheBundle(): Set<string> {
  const maps = ['out/main', 'out/renderer'].flatMap((folder) => filesBelow(folder, '.js.map'));
  const sources = maps.flatMap(
    (file) => z.object({ sources: z.array(z.string()) }).parse(JSON.parse(read(file))).sources,
  );
  const places = sources.flatMap((source) => {
    const found = /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(source);
    return found === null ? [] : [found[0]];
  });
  return new Set(places.map((place) => withVersion(place)));
}

function withVersion(place: string): string {
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return `${name} ${lock.packages[place]?.version ?? 'not in the lock file'}`;
}

/** What electron-builder.yml lets into the package, written down again. */
const OUTSIDE = [
  ...['sodium-native', 'require-addon', 'which-runtime', 'bare-addon-resolve'],
  ...['bare-module-resolve', 'bare-semver', '@snazzah/davey', 'ws', 'wavefile'],
];

describe('licences of what is shipped', () => {
  const headlines = new Set(licences.split('\n').map((line) => line.replace(/ \([^(]*\)$/, '')));

  it('name every package whose code is in a source map of the bundles', () => {
    const bundled = inTheBundle();
    expect(bundled.size).toBeGreaterThan(25);
    expect([...bundled].filter((name) => !headlines.has(name))).toEqual([]);
  });

  it('name both fonts, Electron and the packages beside the bundles', () => {
    const fonts = ['@fontsource-variable/archivo', '@fontsource/b612-mono'];
    const names = [...fonts, 'electron', ...OUTSIDE, '@discordjs/opus'];
    const expected = names.map((name) => withVersion(`node_modules/${name}`));
    expect(expected.filter((name) => !headlines.has(name))).toEqual([]);
    expect(licences).toContain('SIL OPEN FONT LICENSE Version 1.1');
  });

  it('know every package that electron-builder lets into the package', () => {
    const allowed = read('electron-builder.yml').match(/^ +- '?node_modules\/[^'\n]*/gm) ?? [];
    const known = [...OUTSIDE, '@snazzah/davey-*'];
    const unknown = allowed.filter((line) => {
      const [, rest = ''] = line.split('node_modules/');
      const names = /^\{(.*?)\}/.exec(rest)?.[1]?.split(',') ?? [rest];
      return !names.every((name) => known.some((one) => `${name}/`.startsWith(`${one}/`)));
    });
    expect(allowed.length).toBeGreaterThan(5);
    expect(unknown).toEqual([]);
  });

  it('name every crate that the native file of davey names, in its version', () => {
    const [platform] = readdirSync(path.join(root, 'node_modules/@snazzah')).filter((name) =>
      name.startsWith('davey-'),
    );
    const folder = path.join('node_modules/@snazzah', platform ?? 'davey-');
    const [file] = filesBelow(folder, '.node');
    const binary = readFileSync(path.join(root, file ?? ''), 'latin1');
    const crates = binary.matchAll(
      /registry[\\/]src[\\/][^\\/]+[\\/]([\w-]+)-(\d+\.\d+\.\d+)[\\/]/g,
    );
    const named = new Set([...crates].map(([, name = '', version = '']) => `${name} ${version}`));
    expect(named.size).toBeGreaterThan(20);
    expect([...named].filter((name) => !headlines.has(name))).toEqual([]);
  });

  it('have the versions of libopus and libsodium that the native files are made of', () => {
    const [, opus = ''] =
      /PACKAGE_VERSION="(.*)"/.exec(
        read('node_modules/@discordjs/opus/deps/opus/package_version'),
      ) ?? [];
    expect(headlines).toContain(`libopus ${opus}`);
    const prebuilds = filesBelow('node_modules/sodium-native/prebuilds', '.node');
    const file = prebuilds.find((name) => name.includes(`${process.platform}-${process.arch}`));
    const sodium = [...headlines].find((line) => line.startsWith('libsodium ')) ?? '';
    const version = sodium.split(' ')[1] ?? '?';
    expect(readFileSync(path.join(root, file ?? ''), 'latin1')).toContain(`\0${version}\0`);
    expect(read('node_modules/sodium-native/CMakeLists.txt')).toContain(
      'jedisct1/libsodium#e18eee6',
    );
  });

  it('hold the texts that native parts are under', () => {
    for (const words of [
      'Jean-Marc Valin', // libopus
      'Frank Denis', // libsodium
      'present Snazzah', // davey
      'OpenMLS Authors',
      'isis agora lovecruft', // curve25519-dalek
      'Mozilla Public License Version 2.0', // hpke-rs
      'https://github.com/cryspen/hpke-rs',
    ])
      expect(licences).toContain(words);
  });

  it('are not made where a shipped package has no licence text', async () => {
    const home = await scratchFolder();
    const write = (file: string, value: unknown): void => {
      mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
      writeFileSync(path.join(home, file), JSON.stringify(value));
    };
    write('out/bundled/main.json', [path.join(home, 'node_modules/nameless/index.js')]);
    write('out/bundled/preload.json', []);
    write('out/bundled/renderer.json', []);
    write('legal/native-parts.json', { packages: [], textsOfPackages: {}, compiled: [] });
    write('package-lock.json', { packages: { 'node_modules/nameless': { version: '1.0.0' } } });
    write('node_modules/nameless/package.json', { license: 'MIT' });
    const script = path.join(root, 'scripts/legal.mjs');
    const made = spawnSync(process.execPath, [script, home], { encoding: 'utf8' });
    expect(made.status).toBe(1);
    expect(made.stderr).toContain('nameless has no licence text');
  });
});

describe('texts that the window opens', () => {
  it.each(commands['text.open'].input.shape.text.options)('%s is made by the build', (name) => {
    expect(read(`out/legal/${name}.txt`).length).toBeGreaterThan(1_000);
  });
});

describe('bill of materials', () => {
  const { components } = bill;

  it('has each component once, under its package address', () => {
    const purls = components.map(({ purl }) => purl);
    expect(new Set(purls).size).toBe(purls.length);
    expect(components.filter((component) => component['bom-ref'] !== component.purl)).toEqual([]);
  });

  it('names what the licences name', () => {
    const named = components.map(({ name, version }) => `${name} ${version}`);
    const missing = named.filter((name) => !licences.includes(`\n${name} (`));
    expect(missing).toEqual([]);
  });

  it('has Electron, React, ws and libopus with their versions', () => {
    const purls = components.map(({ purl }) => purl);
    const npm = (name: string): string => {
      const version = lock.packages[`node_modules/${name}`]?.version ?? '?';
      return `pkg:npm/${name.replace('@', '%40')}@${version}`;
    };
    const expected = ['electron', 'react', 'ws', 'zod', '@snazzah/davey', '@fontsource/b612-mono'];
    expect(purls).toEqual(expect.arrayContaining(expected.map(npm)));
    expect(purls).toContain('pkg:github/xiph/opus@v1.3.1');
  });

  it('has only licences under which Tapedeck may be handed on', () => {
    const fine = ['MIT', 'ISC', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'OFL-1.1', 'MPL-2.0'];
    const others = components.filter(({ licenses: [licence] }) => {
      const ids = 'expression' in licence ? licence.expression.split(' OR ') : [licence.license.id];
      return !ids.every((id) => fine.includes(id));
    });
    expect(others).toEqual([]);
  });
});
