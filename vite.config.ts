import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { EnvironmentOptions } from 'vite';
import { defineConfig } from 'vite';

/**
 * `vite build --app` builds three environments from one file:
 *
 * | environment | from | to | runs in |
 * |---|---|---|---|
 * | client | desktop/renderer/index.html | .cache/build/client | Chromium, sandboxed |
 * | main | desktop/main/index.ts | .cache/build/main/index.cjs | Electron's main process |
 * | preload | desktop/preload/index.ts | .cache/build/preload/index.cjs | Electron's sandboxed preload |
 *
 * The console's Node host (scripts/headless.ts) runs from source and serves .cache/build/client.
 */
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const builtins = builtinModules.flatMap((name) => [name, `node:${name}`]);

/** One process of Electron as CommonJS; `.cjs`, because the package is `"type": "module"`. */
function nodeEnvironment(name: 'main' | 'preload', splitCode: boolean): EnvironmentOptions {
  return {
    consumer: 'server',
    // Everything but Electron and Node itself is in the bundle: the packed app has no node_modules.
    resolve: {
      noExternal: true,
      conditions: ['node', 'module', 'import', 'default'],
      mainFields: ['module', 'main'],
    },
    build: {
      outDir: at(`.cache/build/${name}`),
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      sourcemap: true,
      copyPublicDir: false,
      rolldownOptions: {
        input: { index: at(`desktop/${name}/index.ts`) },
        external: ['electron', /^electron\//, ...builtins],
        platform: 'node',
        output: {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          chunkFileNames: '[name]-[hash].cjs',
          codeSplitting: splitCode,
        },
      },
    },
  };
}

export default defineConfig({
  root: at('desktop/renderer'),
  cacheDir: at('.cache/vite'),
  base: './',
  plugins: [react()],
  server: { host: '127.0.0.1' },
  environments: {
    client: {
      build: {
        outDir: at('.cache/build/client'),
        emptyOutDir: true,
        target: 'chrome130',
        // The page's CSP allows no inline script and no data: font.
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
      },
    },
    main: nodeEnvironment('main', true),
    // A sandboxed preload can require nothing: it has to be one file.
    preload: nodeEnvironment('preload', false),
  },
  builder: {
    // Named, so that Vite's implicit `ssr` environment is left out.
    async buildApp(builder) {
      for (const name of ['client', 'main', 'preload']) {
        const environment = builder.environments[name];
        if (environment !== undefined) await builder.build(environment);
      }
    },
  },
});
