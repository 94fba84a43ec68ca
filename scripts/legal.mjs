// Writes out/legal/, which is shipped beside the program: licences of everything in the package, its bill of materials
// (CycloneDX), what Tapedeck keeps, and the template of a privacy policy. Runs behind every build, and by hand:
// node scripts/legal.mjs [ROOT]
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { shippedComponents } from './shipped.mjs';

/** Markdown, shipped as plain text: every system opens that. */
const DOCUMENTS = {
  'privacy.txt': 'PRIVACY.md',
  'privacy-policy-template.txt': 'docs/privacy-policy-template.md',
};

/** Throws where a shipped component has no version, licence or text. */
export function writeLegal(root) {
  const components = shippedComponents(root);
  const folder = path.join(root, 'out/legal');
  fs.mkdirSync(folder, { recursive: true });
  const preface = fs.readFileSync(path.join(root, 'legal/preface.txt'), 'utf8');
  const { name, version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  fs.writeFileSync(path.join(folder, 'licences.txt'), licencesText(preface, components));
  const bill = `${JSON.stringify(billOfMaterials({ name, version }, components), null, 2)}\n`;
  fs.writeFileSync(path.join(folder, 'bill-of-materials.cdx.json'), bill);
  for (const [to, from] of Object.entries(DOCUMENTS))
    fs.copyFileSync(path.join(root, from), path.join(folder, to));
}

const headline = ({ name, version, licence }) => `${name} ${version} (${licence})`;

/** A list of all, then each text once, under the names of those that it is for. */
function licencesText(preface, components) {
  const byText = new Map();
  for (const component of components)
    byText.set(component.text, [...(byText.get(component.text) ?? []), component]);
  const rule = '='.repeat(80);
  const texts = [...byText].map(([text, of]) =>
    [rule, ...of.map(headline), rule, '', text].join('\n'),
  );
  return [preface, components.map(headline).join('\n'), ...texts, ''].join('\n\n');
}

/** CycloneDX 1.6. The same package gives the same bill, so it has no serial number or time. */
function billOfMaterials({ name, version }, components) {
  const root = `pkg:npm/${name}@${version}`;
  const licences = (licence) =>
    / (OR|AND|WITH) /.test(licence) ? [{ expression: licence }] : [{ license: { id: licence } }];
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': root, name, version, purl: root },
    },
    components: components.map(({ type, name, version, purl, licence }) => ({
      type,
      'bom-ref': purl,
      name,
      version,
      scope: 'required',
      licenses: licences(licence),
      purl,
    })),
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href)
  writeLegal(path.resolve(process.argv[2] ?? '.'));
