import { describe, expect, it } from 'vitest';
import { readDockerIgnore } from './docker-ignore.ts';

const ignores = readDockerIgnore(`# only these
*
!package.json
!services/gateway
**/node_modules
**/*.test.ts
`);

describe('readDockerIgnore', () => {
  it.each([
    ['package.json', false],
    ['services/gateway/src/app.ts', false],
    ['services/gateway/src/app.test.ts', true],
    ['services/gateway/node_modules/x/index.js', true],
    ['services/backend/src/app.ts', true],
    ['secret.env', true],
    ['package.json.bak', true],
  ])('%s: %s', (path, ignored) => {
    expect(ignores(path)).toBe(ignored);
  });

  it('ignores nothing without a rule', () => {
    expect(readDockerIgnore('\n# nothing\n')('anything')).toBe(false);
  });
});
