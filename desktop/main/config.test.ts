import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

describe('configuration', () => {
  it('has a default for everything and can not be changed', () => {
    const config = readConfig({ XDG_STATE_HOME: '/state' }, '/app');
    expect(config).toEqual({
      stateFolder: '/state/omni-console',
      sourcesFolder: '/app/services',
      pageFolder: '/app/.cache/build/client',
      exitWithParent: false,
      marks: false,
      autoDeploy: true,
      cancelWindowMs: 5_000,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reads its variables', () => {
    const env = {
      OMNI_STATE_DIR: '/s',
      OMNI_SOURCES_DIR: '/src',
      OMNI_EXIT_WITH_PARENT: '1',
      OMNI_MARKS: '1',
      OMNI_AUTO_DEPLOY: '0',
    };
    expect(readConfig(env, '/app')).toMatchObject({
      stateFolder: '/s',
      sourcesFolder: '/src',
      exitWithParent: true,
      marks: true,
      autoDeploy: false,
    });
  });

  it('names the variable that it can not use', () => {
    const read = (): unknown => readConfig({ OMNI_MARKS: 'yes' }, '/app');
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/OMNI_MARKS/u);
  });
});
