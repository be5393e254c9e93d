import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const needed = ['--state', 'state', '--sources', 'sources'];

describe('parseConfig', () => {
  it('has the default ports and takes others', () => {
    expect(parseConfig(needed)?.preferredPorts).toEqual({ gateway: 8081, backend: 8080 });
    const ports = parseConfig([...needed, '--port', 'gateway=0', '--port', 'shop=9000']);
    expect(ports?.preferredPorts).toEqual({ gateway: 0, backend: 8080, shop: 9000 });
  });

  it('knows when only the help is wanted', () => {
    expect(parseConfig(['--help'])).toBeNull();
  });

  it('takes faults, with the defaults of their kind', () => {
    const fault = JSON.stringify({ kind: 'slow-start', ms: 100 });
    expect(parseConfig([...needed, '--fault', fault])?.faults).toEqual([
      { kind: 'slow-start', service: '*', ms: 100 },
    ]);
    expect(parseConfig(needed)?.faults).toEqual([]);
  });

  it.each([
    [[], 'state'],
    [[...needed, '--fault', 'no json'], 'fault'],
    [[...needed, '--fault', '{"kind":"nonsense"}'], 'fault'],
    [[...needed, '--revision-limit', '0'], 'revision-limit'],
    [[...needed, '--port', 'gateway'], 'port'],
    [[...needed, '--port', 'gateway=99999'], '65535'],
    [[...needed, '--warm-seconds', 'soon'], 'warm-seconds'],
    [[...needed, '--unknown'], 'unknown'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseConfig(argv)).toThrow(message);
  });
});
