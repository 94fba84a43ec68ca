// node scripts/bench.mjs [--only ID,…] [--json FILE] [--quick]: loads bench/bench.ts through Vite, which knows TypeScript.
import path from 'node:path';
import { runnerImport } from 'vite';
import { root } from './set-up.mjs';

const { module } = await runnerImport(path.join(root, 'bench/bench.ts'), {
  ...{ root, configFile: false, logLevel: 'error', oxc: { target: 'node20' } },
});
await module.runBenchmarks(process.argv.slice(2));
