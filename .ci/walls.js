/**
 * The inner walls of the house (docs/architecture.md): what each room may not import, and why.
 *
 * In flat config a later `no-restricted-imports` for the same file silently replaces an earlier
 * one. So no block here adds to another: `room()` computes the whole list of a room, and the rooms
 * stand from the general to the particular. `import()` is refused by the same list.
 */

/** @typedef {{ id: string, pattern: string, message: string, names?: string[] }} ImportBan */
/** @typedef {{ id: string, selector: string, message: string }} SyntaxBan */

/** @type {(id: string, pattern: string, message: string) => ImportBan} */
const ban = (id, pattern, message) => ({ id, pattern, message: `${id}: ${message}` });

/** @type {(id: string, selector: string, message: string) => SyntaxBan} */
const banSyntax = (id, selector, message) => ({ id, selector, message: `${id}: ${message}` });

export const imports = {
  electron: ban(
    'W5',
    '^electron(/|$)',
    'Electron lives in main/index.ts, window/, hosts/electron-host.ts and providers/os/; take a port instead.',
  ),
  node: ban('W4', '^node:', 'This room is pure: take a port from main/ports instead of Node.'),
  packages: ban(
    'W4',
    '^(?!\\.|zod$|node:|electron|@orpc/|@omni/contracts/)',
    'Use cases and ports know no package; an adapter in providers/ wraps it behind a port.',
  ),
  outward: ban(
    'W4',
    '^\\.\\.?/(.*/)?(providers|rpc|hosts|window)/|^(\\.\\./)+(compose|config|lifecycle|index)\\.ts$',
    'The arrow points from router to use case to port; nothing here may look back at it.',
  ),
  useCases: ban(
    'W5',
    '/usecases/',
    'An adapter keeps a port’s promise; it does not call use cases.',
  ),
  rpc: ban('W5', '/(rpc|hosts|window)/', 'An adapter does not know how it is called.'),
  main: ban('W3', '(^|/)main/', 'The page reaches main through the contract only.'),
  renderer: ban('W3', '(^|/)renderer/', 'Main does not know the page.'),
  orpc: ban(
    'W7',
    '^@orpc/',
    'The contract library is used in the few files named in .ci/walls.js, so that it can be swapped.',
  ),
  otherFeature: ban(
    'W6',
    '^\\.\\./(?!\\.\\.?/)|/features/',
    'A feature does not import another; move what they share to api/, ui/ or shared/domain.',
  ),
  otherFeatureFromPart: ban(
    'W6',
    '^\\.\\./\\.\\./(?!\\.\\.?/)|/features/',
    'A feature does not import another; move what they share to api/, ui/ or shared/domain.',
  ),
  features: ban('W6', '/features/', 'Charts, ui and api know no feature.'),
  services: ban(
    'W10',
    '^@omni/(?!contracts/)|/services/',
    'From services/ the console knows @omni/contracts only.',
  ),
  desktop: ban('W10', '/(desktop|scripts|bench|e2e)/', 'A service does not know the console.'),
  sqlite: ban('W8', '^node:sqlite$', 'The packed app may run on Node 20.18, which has no SQLite.'),
  onnx: ban(
    'W10',
    '^onnxruntime-',
    'onnxruntime is loaded by lane-entry.ts only: a crash must cost one lane.',
  ),
  ipc: {
    ...ban(
      'W7',
      '^electron$',
      'Raw IPC lives in hosts/electron-host.ts and preload/index.ts; extend the contract.',
    ),
    names: ['ipcMain', 'ipcRenderer'],
  },
  fork: {
    ...ban(
      'W9',
      '^(node:)?child_process$',
      'With the RunAsNode fuse off, fork() starts the whole app again.',
    ),
    names: ['fork'],
  },
};

/** @type {(names: string[]) => ImportBan} */
const otherServices = (names) =>
  ban(
    'W10',
    `^@omni/(${names.join('|')})(/|$)|^\\.\\./(.*/)?(${[...names, 'kit', 'contracts'].join('|')})/`,
    'A service imports itself, @omni/contracts and @omni/kit.',
  );

export const syntax = {
  rawIpc: banSyntax(
    'W7',
    'MemberExpression[property.name=/^ipc(Main|Renderer)$/]',
    'Raw IPC lives in hosts/electron-host.ts and preload/index.ts; extend the contract.',
  ),
  fork: banSyntax(
    'W9',
    "CallExpression[callee.property.name='fork'][callee.object.name!='utilityProcess']",
    'With the RunAsNode fuse off, fork() starts the whole app again.',
  ),
  detached: banSyntax('W9', "Property[key.name='detached']", 'A child dies with its parent.'),
  execPath: banSyntax(
    'W9',
    "MemberExpression[object.name='process'][property.name='execPath']",
    'In the packed app this is the app itself.',
  ),
  defaultExport: banSyntax(
    'H',
    'ExportDefaultDeclaration',
    'Export by name, so that a thing has one name everywhere.',
  ),
};

/** The restrictions of one room, complete: nothing is inherited from another block. */
function room(name, files, { bans = [], forms = [], defaultExports = false } = {}) {
  const whole = bans.filter((entry) => entry.names === undefined);
  const patterns = bans.map(({ pattern, message, names }) =>
    names ? { regex: pattern, importNames: names, message } : { regex: pattern, message },
  );
  const lazy = whole.map(({ pattern, message }) => ({
    // esquery reads a slash as the end of the expression
    selector: `ImportExpression > Literal[value=/${pattern.replaceAll('/', '\\u002F')}/]`,
    message,
  }));
  const refused = [
    ...[...forms, ...(defaultExports ? [] : [syntax.defaultExport])].map(
      ({ selector, message }) => ({ selector, message }),
    ),
    ...lazy,
  ];
  return {
    name: `walls/${name}`,
    files,
    rules: {
      'no-restricted-imports': ['error', { patterns }],
      // Without options a severity would keep the options of an earlier block.
      'no-restricted-syntax': refused.length > 0 ? ['error', ...refused] : 'off',
    },
  };
}

const ts = (folder) => [`${folder}/**/*.ts`, `${folder}/**/*.tsx`];
const { electron, node, packages, outward, useCases, rpc, main, renderer, orpc } = imports;
const { otherFeature, otherFeatureFromPart, features, services, desktop, sqlite } = imports;
const { onnx, ipc, fork } = imports;

const noShell = [syntax.fork, syntax.detached, syntax.execPath];
const inMain = [renderer, services, sqlite, fork, onnx];
const mainForms = [syntax.rawIpc, ...noShell];
const inRenderer = [electron, node, main, services];
const inService = [electron, desktop, orpc, sqlite];

/** The files that may use the contract library (docs/decisions/0005-walls.md). */
const contractFiles = {
  main: [
    'desktop/main/rpc/{router,map-errors}.ts',
    'desktop/main/hosts/{node-host,serve-port}.ts',
    'desktop/main/{rpc,hosts}/**/*.{test,conformance}.ts',
  ],
  providers: [
    'desktop/main/providers/gateway/gateway-admin-client.ts',
    'desktop/main/providers/**/{child,child-link}.ts',
    'desktop/main/providers/**/*.test.ts',
  ],
};

const consoleRooms = [
  room('shared', ts('desktop/shared'), { bans: [electron, node, main, renderer, services, orpc] }),
  room('shared/contract', ['desktop/shared/contract/*.ts'], {
    bans: [electron, node, main, renderer, services],
  }),
  room('shared tests', ['desktop/shared/**/*.test.ts'], {
    bans: [electron, main, renderer, services],
  }),

  room('main', ts('desktop/main'), { bans: [...inMain, electron, orpc], forms: mainForms }),
  room('main/entry and windows', ['desktop/main/index.ts', ...ts('desktop/main/window')], {
    bans: [...inMain, ipc, orpc],
    forms: mainForms,
  }),
  room('main/contract files', contractFiles.main, {
    bans: [...inMain, electron],
    forms: mainForms,
  }),
  room('main/electron host', ['desktop/main/hosts/electron-host.ts'], {
    bans: inMain,
    forms: noShell,
  }),
  room('main/use cases and ports', [...ts('desktop/main/usecases'), ...ts('desktop/main/ports')], {
    bans: [...inMain, electron, orpc, node, packages, outward],
    forms: mainForms,
  }),
  room('main/tests of use cases', ['desktop/main/{usecases,ports}/**/*.test.ts'], {
    bans: [...inMain, electron, orpc],
    forms: mainForms,
  }),
  room('main/providers', ts('desktop/main/providers'), {
    bans: [...inMain, electron, orpc, useCases, rpc],
    forms: mainForms,
  }),
  room('main/providers/contract files', contractFiles.providers, {
    bans: [...inMain, electron, useCases, rpc],
    forms: mainForms,
  }),
  room('main/providers/os', ts('desktop/main/providers/os'), {
    bans: [...inMain, ipc, orpc, useCases, rpc],
    forms: mainForms,
  }),

  room('preload', ts('desktop/preload'), {
    bans: [node, main, renderer, services, orpc, { ...ipc, names: ['ipcMain'] }],
    forms: noShell,
  }),

  room('renderer', ts('desktop/renderer'), { bans: [...inRenderer, orpc] }),
  room('renderer/contract files', ['desktop/renderer/api/{client,link-port,link-http}.ts'], {
    bans: [...inRenderer, features],
  }),
  room('renderer/api tests', ['desktop/renderer/api/**/*.test.{ts,tsx}'], {
    bans: [electron, services],
  }),
  room('renderer/charts and ui', [...ts('desktop/renderer/charts'), ...ts('desktop/renderer/ui')], {
    bans: [...inRenderer, orpc, features],
  }),
  room('renderer/features', ts('desktop/renderer/features'), {
    bans: [...inRenderer, orpc, otherFeature],
  }),
  room('renderer/parts of features', ['desktop/renderer/features/*/*/**/*.{ts,tsx}'], {
    bans: [...inRenderer, orpc, otherFeatureFromPart],
  }),
];

const serviceNames = ['gateway', 'backend', 'local-cloud'];
const serviceRooms = [
  room('services', ts('services'), { bans: [...inService, onnx] }),
  room('services/contracts', ts('services/contracts'), {
    bans: [...inService, onnx, node, otherServices([...serviceNames, 'kit'])],
  }),
  room('services/contracts/gateway admin', ['services/contracts/gateway-admin.ts'], {
    bans: [electron, desktop, sqlite, onnx, node, otherServices([...serviceNames, 'kit'])],
  }),
  room('services/kit', ts('services/kit'), {
    bans: [...inService, onnx, otherServices(serviceNames)],
  }),
  ...serviceNames.map((name) =>
    room(`services/${name}`, ts(`services/${name}`), {
      bans: [...inService, onnx, otherServices(serviceNames.filter((other) => other !== name))],
    }),
  ),
  room('services/gateway/admin', ['services/gateway/src/admin/admin-routes.ts'], {
    bans: [electron, desktop, sqlite, onnx, otherServices(['backend', 'local-cloud'])],
  }),
  room('services/backend/lane', ['services/backend/src/inference/lane-entry.ts'], {
    bans: [...inService, otherServices(['gateway', 'local-cloud'])],
  }),
];

/** Every wall that ESLint guards, as flat config blocks; the others are compiler errors. */
export const walls = [
  room('everywhere', ['**/*.{ts,tsx,js,mjs}'], {}),
  ...consoleRooms,
  ...serviceRooms,
  room(
    'files whose shape a tool dictates',
    [
      '**/*.config.{js,ts}',
      '**/*.d.ts',
      'scripts/pack/after-pack.mjs',
      '{.ci,e2e}/**/*-reporter.ts',
    ],
    { defaultExports: true },
  ),
];
