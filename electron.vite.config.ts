import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

const at = (file: string): string => resolve(import.meta.dirname, file);

/**
 * Writes `out/bundled/NAME.json`: the modules and files that went into this bundle, as the bundler names them, which
 * `scripts/legal.mjs` reads the licences by.
 */
const listModules = (name: string): Plugin => ({
  name: 'list-modules',
  generateBundle(_, bundle) {
    const sources = Object.values(bundle).flatMap((file) =>
      file.type === 'chunk' ? file.moduleIds : file.originalFileNames.map(String),
    );
    mkdirSync(at('out/bundled'), { recursive: true });
    writeFileSync(at(`out/bundled/${name}.json`), JSON.stringify([...new Set(sources)].sort()));
  },
});

export default defineConfig({
  main: {
    plugins: [listModules('main')],
    build: {
      outDir: 'out/main',
      target: 'node20', // the command line runs on plain Node.js; `using` is lowered for it
      sourcemap: true,
      rolldownOptions: {
        input: {
          main: at('main/app/main.ts'),
          tapedeck: at('main/cli/tapedeck.ts'),
          'export-worker': at('main/export/export-worker.ts'),
          'recovery-worker': at('main/recording/recovery-worker.ts'),
          'demo-server': at('main/demo/demo-server.ts'), // a process of its own: the app starts it by utilityProcess
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    plugins: [listModules('preload')],
    build: {
      outDir: 'out/preload',
      externalizeDeps: false, // a sandboxed preload can require nothing
      rolldownOptions: {
        input: { preload: at('preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react(), listModules('renderer')],
    html: { cspNonce: '{{csp-nonce}}' }, // main/app/app-protocol.ts puts a fresh one into every answer
    build: {
      outDir: at('out/renderer'),
      chunkSizeWarningLimit: 2000, // read from disk, not over a network
      sourcemap: true,
      minify: true,
      rolldownOptions: { input: { index: at('renderer/index.html') } },
    },
  },
});
