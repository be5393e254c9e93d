import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const exclude = ['**/node_modules/**', '.cache/**', 'dist/**', '**/*.spec.ts'];

/** One project per kind of room: where its tests are and what they find around them. */
const project = (name: string, include: string[]) => ({
  extends: true as const,
  test: { name, include, exclude, environment: 'node' },
});

const APP = 'desktop/renderer/app.test.tsx';

/** Tests of pages, in a document. */
const page = (
  name: string,
  test: { include: string[]; isolate?: boolean },
  not: string[] = [],
) => ({
  extends: true as const,
  plugins: [react()],
  test: {
    ...test,
    name,
    exclude: [...exclude, '**/*.node.test.ts', ...not],
    environment: 'jsdom',
    setupFiles: ['.ci/renderer-setup.ts'],
    // The contrast test reads the tokens; other styles say nothing to jsdom.
    css: { include: [/tokens\.css/] },
  },
});

export default defineConfig({
  root,
  cacheDir: `${root}/.cache/vite`,
  test: {
    // On two cores: the slow files wait for the processes that they start more than they compute.
    maxWorkers: 3,
    testTimeout: 15_000,
    hookTimeout: 60_000,
    retry: 0,
    // Files of a worker share it and its modules: starting a process and loading the same modules
    // for each file anew was as much work as the tests. So no file may leave anything behind.
    isolate: false,
    reporters: ['default', '.ci/count-reporter.ts'],
    projects: [
      project('shared', ['desktop/shared/**/*.test.ts']),
      // Tests of the page that need Node's own channels and no page.
      project('main', [
        'desktop/{main,preload}/**/*.test.ts',
        'desktop/renderer/**/*.node.test.ts',
      ]),
      page('renderer', { include: ['desktop/renderer/**/*.test.{ts,tsx}'] }, [APP]),
      // The whole app holds the window's keys and its address: it gets a window of its own.
      page('app', { include: [APP], isolate: true }),
      project('services', ['services/**/*.test.ts']),
      project('tools', ['{.ci,scripts,bench,e2e}/**/*.test.ts', 'docs/**/*.test.ts']),
    ],
  },
});
