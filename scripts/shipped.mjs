// What the package contains of other people's work: the modules that the bundler took (out/bundled/, written by
// electron.vite.config.ts), the packages of the allow-list in electron-builder.yml, Electron, and the libraries inside
// native files, which no tool sees (legal/native-parts.json, kept by hand). Versions of npm packages are the lock file's.
import fs from 'node:fs';
import path from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice|copyrightnotice)/i;
const BUNDLES = ['main', 'preload', 'renderer'];

/**
 * A component is { name, version, licence (SPDX expression), purl, type, text }; sorted by name, each once.
 * Throws where a version, licence or text is missing.
 */
export function shippedComponents(root) {
  const native = readJson(root, 'legal/native-parts.json');
  const npm = npmPackages(root, native.textsOfPackages);
  const bundled = BUNDLES.flatMap((name) => readJson(root, `out/bundled/${name}.json`));
  const fromBundler = bundled.flatMap((id) => componentOfModule(id, npm, root));
  const outside = [...allowedPackages(root), ...native.packages].map((name) => npm(name));
  const electron = { ...npm('electron'), type: 'framework' };
  const components = [...fromBundler, ...outside, electron, ...nativeParts(root, native)];
  const byPurl = new Map(components.map((component) => [component.purl, component]));
  return [...byPurl.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

/** Names of the packages of which electron-builder.yml lets files into the package, as far as they are installed. */
export function allowedPackages(root) {
  const text = fs.readFileSync(path.join(root, 'electron-builder.yml'), 'utf8');
  const lines = text.match(/^ {2}- '?node_modules\/.*$/gm) ?? [];
  const patterns = lines.flatMap((line) => {
    const [, rest] = line.split('node_modules/');
    const [first = '', second = ''] = rest.split(/\/(?![^{]*\})/);
    const name = first.startsWith('@') ? `${first}/${second}` : first;
    return /^\{.*\}$/.test(name) ? name.slice(1, -1).split(',') : [name];
  });
  return patterns.flatMap((name) => (name.endsWith('*') ? installed(root, name) : [name]));
}

function installed(root, pattern) {
  const [scope, start] = pattern.slice(0, -1).split('/');
  const names = fs.readdirSync(path.join(root, 'node_modules', scope));
  return names.filter((name) => name.startsWith(start)).map((name) => `${scope}/${name}`);
}

/** Nothing for a module of our own. The bundlers' helpers are modules too: `\0rolldown/runtime.js`. */
function componentOfModule(id, npm, root) {
  const place = /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(
    id.replaceAll('\\', '/'),
  );
  if (place !== null) return [npm(place[0].slice('node_modules/'.length))];
  const helper = /^\0(?<name>@?[\w-]+(?:\+[\w-]+)?)(?:@(?<version>[\d.]+))?\//.exec(id)?.groups;
  if (helper === undefined) {
    if (id.startsWith('\0')) throw new Error(`${id}: whose is this module?`);
    return [];
  }
  const name = helper.name.replace('+', '/');
  if (helper.version === undefined) return [npm(name)];
  const text = readText(root, `legal/texts/${name.slice(1).replace('/', '-')}.txt`);
  return [{ ...npmNames(name, helper.version), licence: 'MIT', type: 'library', text }];
}

/** Reads a package by its place below node_modules. */
function npmPackages(root, texts) {
  const lock = readJson(root, 'package-lock.json').packages;
  const known = new Map();
  const read = (place) => {
    const folder = path.join('node_modules', place);
    const name = place.split('/node_modules/').at(-1);
    const version = lock[`node_modules/${place}`]?.version;
    const { license: licence } = readJson(root, `${folder}/package.json`);
    if (version === undefined || typeof licence !== 'string')
      throw new Error(`${name}: no version in the lock file, or no licence`);
    const files = fs.readdirSync(path.join(root, folder)).filter((file) => LICENCE_FILE.test(file));
    const own = files.sort().map((file) => readText(root, path.join(folder, file)));
    const kept = Object.entries(texts).filter(([start]) => name.startsWith(start));
    const text = [...own, ...kept.map(([, file]) => readText(root, file))].join('\n\n');
    if (text === '')
      throw new Error(`${name} has no licence text: add it to legal/native-parts.json`);
    return { ...npmNames(name, version), licence, type: 'library', text };
  };
  return (place) => {
    const found = known.get(place) ?? read(place);
    known.set(place, found);
    return found;
  };
}

const npmNames = (name, version) => ({
  name,
  version,
  purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
});

function nativeParts(root, { compiled, crates }) {
  const parts = compiled.map(({ text, in: _, ...part }) => ({
    ...part,
    type: 'library',
    text: readText(root, text),
  }));
  const crateParts = crates.groups.flatMap(({ licence, text, crates: names }) =>
    names.map((crate) => {
      const [name, version] = crate.split(' ');
      const purl = `pkg:cargo/${name}@${version}`;
      return { name, version, licence, purl, type: 'library', text: readText(root, text) };
    }),
  );
  return [...parts, ...crateParts];
}

const readText = (root, file) => fs.readFileSync(path.join(root, file), 'utf8').trim();
const readJson = (root, file) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
