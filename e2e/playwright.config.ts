import { defineConfig } from '@playwright/test';

/**
 * Two projects: the real Electron, and Chromium against the browser host. One worker, because the
 * stories drive a whole stack on two processors.
 */
export default defineConfig({
  testDir: '.',
  outputDir: 'results/artifacts',
  workers: 1,
  retries: 0,
  timeout: 60_000,
  forbidOnly: true,
  expect: { timeout: 10_000 },
  reporter: [['./fixtures/closing-line-reporter.ts']],
  use: { trace: 'off' },
  projects: [
    {
      name: 'electron',
      testMatch: [
        'flows/**/*.spec.ts',
        'ux/**/*.spec.ts',
        'security/**/*.spec.ts',
        'reliability/**/*.spec.ts',
      ],
    },
    {
      name: 'browser',
      testMatch: ['flows/**/*.spec.ts', 'ux/**/*.spec.ts'],
      // What main does for both hosts, shown once; and what only the desktop app does.
      testIgnore: [
        'flows/edits-advanced.spec.ts',
        'flows/reads-plans.spec.ts',
        'flows/follows-operations.spec.ts',
        'flows/releases-the-stack.spec.ts',
      ],
    },
  ],
});
