// node scripts/soak.mjs [--only ID,…] [--json FILE]: loads bench/soak.ts through Vite, which knows TypeScript.
import path from 'node:path';
import { runnerImport } from 'vite';
import { root } from './set-up.mjs';

const { module } = await runnerImport(path.join(root, 'bench/soak.ts'), {
  ...{ root, configFile: false, logLevel: 'error', oxc: { target: 'node20' } },
});
await module.runSoak(process.argv.slice(2));
