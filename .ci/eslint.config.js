/**
 * Style, limits and the inner walls. Run from the repository's root (`npm run lint`): with
 * `--config` globs are relative to where ESLint starts.
 */
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import n from 'eslint-plugin-n';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { explainedDisable } from './explained-disable.js';
import { walls } from './walls.js';

const typescript = ['**/*.{ts,tsx}'];
const javascript = ['**/*.{js,mjs,cjs}'];
const tests = ['**/*.{test,spec,conformance,bench}.{ts,tsx}', 'e2e/**/*.ts'];

const limits = {
  'max-lines': ['error', 300],
  'max-lines-per-function': ['error', 60],
  complexity: ['error', 10],
  'max-params': ['error', 3],
};

const typeRules = {
  '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  '@typescript-eslint/explicit-module-boundary-types': 'error',
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allowBoolean: true },
  ],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
};

/** W8: what the packed app runs must load on the fallback runtime's Node; ES2023 is tsconfig's `lib`. */
const oldestNode = {
  'n/no-unsupported-features/node-builtins': [
    'error',
    { version: '^20.18.1 || >=22.12', allowExperimental: true },
  ],
};

export default defineConfig(
  globalIgnores(['**/node_modules/', '.cache/', 'dist/', 'e2e/results/', 'docs/']),
  {
    name: 'baseline',
    files: [...typescript, ...javascript],
    extends: [js.configs.recommended],
    plugins: { n, house: { rules: { 'explained-disable': explainedDisable } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...limits,
      'n/prefer-node-protocol': 'error',
      'house/explained-disable': 'error',
      eqeqeq: 'error',
    },
  },
  {
    name: 'typescript',
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/..` },
    },
    rules: typeRules,
  },
  {
    name: 'javascript',
    files: javascript,
    languageOptions: {
      globals: Object.fromEntries(
        ['console', 'process', 'performance', 'URL'].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    name: 'renderer',
    files: ['desktop/renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
  },
  {
    name: 'what the packed app runs',
    files: ['desktop/{main,shared}/**/*.ts', 'services/**/*.ts'],
    ignores: tests,
    rules: oldestNode,
  },
  {
    name: 'tests',
    files: tests,
    rules: {
      // A suite is one function of many short ones.
      'max-lines-per-function': 'off',
      // A row of a table of cases has as many columns as it needs.
      'max-params': 'off',
      // `expect(port.method).toHaveBeenCalled()` names a method without calling it.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  walls,
);
