import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

/** The house's own configuration, without types: the files below exist in no project. */
const eslint = new ESLint({
  overrideConfigFile: '.ci/eslint.config.js',
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { languageOptions: { parserOptions: { projectService: false } } },
  ],
});

async function refusals(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId !== '@typescript-eslint/no-unused-vars')
    .map(({ ruleId, message }) => `${ruleId ?? 'parse'} ${message}`);
}

type Attempt = [wall: string, file: string, code: string];
const named = (from: string): string => `import { thing } from '${from}';\nexport { thing };\n`;
const lazy = (from: string): string => `export const load = () => import('${from}');\n`;

const refused: Attempt[] = [
  ['W3', 'desktop/renderer/app.tsx', named('../main/config.ts')],
  ['W3', 'desktop/main/config.ts', named('../renderer/app.tsx')],
  ['W3', 'desktop/shared/domain/diff.ts', named('../../main/config.ts')],
  ['W3', 'desktop/shared/domain/diff.ts', named('../../renderer/app.tsx')],
  ['W4', 'desktop/main/usecases/keys/list-keys.ts', named('node:fs')],
  ['W4', 'desktop/main/usecases/keys/list-keys.ts', lazy('node:fs')],
  ['W4', 'desktop/main/usecases/keys/list-keys.ts', named('@google-cloud/run')],
  ['W4', 'desktop/main/usecases/keys/list-keys.ts', named('../../providers/fakes/memory-audit.ts')],
  ['W4', 'desktop/main/usecases/keys/list-keys.ts', lazy('../../providers/fakes/memory-audit.ts')],
  ['W4', 'desktop/main/usecases/keys/list-keys.ts', named('../../rpc/context.ts')],
  ['W4', 'desktop/main/usecases/keys/list-keys.ts', named('../../compose.ts')],
  ['W5', 'desktop/main/usecases/keys/list-keys.ts', named('electron')],
  ['W7', 'desktop/main/usecases/keys/list-keys.ts', named('@orpc/server')],
  ['W4', 'desktop/main/ports/key-store.ts', named('node:crypto')],
  ['W5', 'desktop/main/compose.ts', named('electron')],
  ['W5', 'desktop/main/compose.ts', lazy('electron')],
  ['W5', 'desktop/main/providers/gke/gke-provider.ts', named('electron')],
  ['W5', 'desktop/main/providers/gke/gke-provider.ts', named('../../usecases/keys/list-keys.ts')],
  ['W5', 'desktop/main/providers/gke/gke-provider.ts', named('../../rpc/router.ts')],
  ['W5', 'desktop/renderer/app.tsx', named('electron')],
  ['W5', 'services/kit/logger.ts', named('electron')],
  ['W6', 'desktop/renderer/features/keys/keys-page.tsx', named('../audit/use-audit.ts')],
  ['W6', 'desktop/renderer/features/keys/keys-page.tsx', named('../../features/audit/a.ts')],
  ['W6', 'desktop/renderer/features/keys/parts/row.tsx', named('../../audit/use-audit.ts')],
  ['W6', 'desktop/renderer/charts/heatmap.tsx', named('../features/latency/use-latency.ts')],
  ['W6', 'desktop/renderer/ui/button.tsx', named('../features/latency/use-latency.ts')],
  ['W7', 'desktop/renderer/features/keys/use-keys.ts', named('@orpc/client')],
  ['W7', 'desktop/main/compose.ts', named('@orpc/server')],
  ['W7', 'desktop/shared/domain/diff.ts', named('@orpc/contract')],
  ['W7', 'desktop/main/index.ts', `import { ipcMain } from 'electron';\nipcMain.on('x', go);\n`],
  ['W7', 'desktop/main/index.ts', `import * as all from 'electron';\nall.ipcMain.on('x', go);\n`],
  [
    'W7',
    'desktop/main/window/open.ts',
    `import { ipcMain } from 'electron';\nipcMain.on('x', go);\n`,
  ],
  ['W7', 'desktop/preload/index.ts', `import { ipcMain } from 'electron';\nipcMain.on('x', go);\n`],
  ['W8', 'desktop/main/providers/journal/journal.ts', named('node:sqlite')],
  ['W8', 'services/gateway/src/app.ts', named('node:sqlite')],
  [
    'W8',
    'desktop/main/config.ts',
    `import { enableCompileCache } from 'node:module';\nenableCompileCache();\n`,
  ],
  ['W9', 'desktop/main/lifecycle.ts', `import { fork } from 'node:child_process';\nfork('x');\n`],
  [
    'W9',
    'desktop/main/lifecycle.ts',
    `import * as all from 'node:child_process';\nall.fork('x');\n`,
  ],
  ['W9', 'desktop/main/lifecycle.ts', `spawn('x', [], { detached: true });\n`],
  ['W9', 'desktop/main/lifecycle.ts', `spawn(process.execPath, []);\n`],
  ['W10', 'services/gateway/src/app.ts', named('@omni/backend/src/app.ts')],
  ['W10', 'services/gateway/src/app.ts', named('../../backend/src/app.ts')],
  ['W10', 'services/gateway/src/app.ts', named('../../kit/logger.ts')],
  ['W10', 'services/kit/logger.ts', named('../gateway/src/app.ts')],
  ['W10', 'services/gateway/src/app.ts', named('../../../desktop/shared/domain/diff.ts')],
  ['W10', 'services/contracts/health.ts', named('@omni/kit/logger.ts')],
  ['W10', 'desktop/main/config.ts', named('@omni/gateway/src/app.ts')],
  ['W10', 'desktop/main/config.ts', named('@omni/kit/logger.ts')],
  ['W10', 'services/backend/src/inference/lane-pool.ts', named('onnxruntime-node')],
  ['W10', 'services/backend/src/inference/lane-pool.ts', lazy('onnxruntime-node')],
];

const allowed: [file: string, code: string][] = [
  ['desktop/main/index.ts', named('electron')],
  [
    'desktop/main/hosts/electron-host.ts',
    `import { ipcMain } from 'electron';\nipcMain.on('x', go);\n`,
  ],
  ['desktop/preload/index.ts', `import { ipcRenderer } from 'electron';\nipcRenderer.send('x');\n`],
  [
    'desktop/main/providers/os/utility-supervisor.ts',
    `import { utilityProcess } from 'electron';\nutilityProcess.fork('x');\n`,
  ],
  ['desktop/main/rpc/router.ts', named('@orpc/server')],
  ['desktop/shared/contract/keys.ts', named('@orpc/contract')],
  ['desktop/main/usecases/keys/list-keys.ts', named('../../ports/key-store.ts')],
  ['desktop/main/usecases/keys/list-keys.ts', named('../../../shared/domain/diff.ts')],
  ['desktop/main/usecases/keys/list-keys.test.ts', named('../../providers/fakes/memory-audit.ts')],
  ['desktop/main/compose.ts', named('./providers/gke/gke-provider.ts')],
  ['desktop/main/providers/gke/gke-provider.ts', named('@kubernetes/client-node')],
  ['desktop/renderer/features/keys/keys-page.tsx', named('../../ui/button.tsx')],
  ['desktop/renderer/features/keys/parts/row.tsx', named('../use-keys.ts')],
  ['services/gateway/src/app.ts', named('@omni/kit/logger.ts')],
  ['services/gateway/src/app.ts', named('./keys/hash-key.ts')],
  ['services/backend/src/inference/lane-entry.ts', named('onnxruntime-node')],
  ['vite.config.ts', `export default {};\n`],
];

describe('the walls that ESLint guards', () => {
  it.each(refused)('%s: %s refuses %j', async (wall, file, code) => {
    const messages = await refusals(file, code);
    // W8 is partly guarded by eslint-plugin-n, whose messages do not know our numbers.
    const mark = new RegExp(`${wall}:${wall === 'W8' ? '|20\\.18\\.1' : ''}`, 'u');
    expect(messages.join('\n')).toMatch(mark);
  });

  it.each(allowed)('%s may say %j', async (file, code) => {
    expect(await refusals(file, code)).toEqual([]);
  });
});

describe('the style that ESLint guards', () => {
  it.each([
    ['a default export', `export default 1;\n`, 'H: Export by name'],
    ['a builtin without node:', named('fs'), 'n/prefer-node-protocol'],
    ['any', `export const x = (y: any): void => y;\n`, 'no-explicit-any'],
    [
      'a non-null assertion',
      `export const x = (y?: string): string => y!;\n`,
      'no-non-null-assertion',
    ],
    [
      'an unexplained directive',
      `// eslint-disable-next-line eqeqeq\nexport const x = 1 == go;\n`,
      'explained-disable',
    ],
    ['a silent catch', `try {\n  go();\n} catch {}\n`, 'no-empty'],
    ['a fourth parameter', `export function f(a: 1, b: 1, c: 1, d: 1): void {}\n`, 'max-params'],
    ['line 301', '\n'.repeat(300) + 'go();\n', 'max-lines'],
  ])('refuses %s', async (_what, code, rule) => {
    expect((await refusals('desktop/main/config.ts', code)).join('\n')).toContain(rule);
  });

  it('accepts a directive with a reason', async () => {
    const code = `// eslint-disable-next-line eqeqeq -- null and undefined alike\nexport const x = 1 == go;\n`;
    expect(await refusals('desktop/main/config.ts', code)).toEqual([]);
  });
});
