import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogger, isoNow } from './logger.ts';

function capture(): { written: string[]; write: (text: string) => void } {
  const written: string[] = [];
  return { written, write: (text) => void written.push(text) };
}

describe('createLogger', () => {
  it('writes JSON lines in the field names of Cloud Logging', () => {
    const { written, write } = capture();
    const logger = createLogger({ service: 'gateway', revision: 'r1', write });
    logger.info('hello', { status: 200, route: '/health' });
    logger.flush();
    expect(JSON.parse(written.join(''))).toMatchObject({
      severity: 'INFO',
      message: 'hello',
      status: 200,
      route: '/health',
      service: 'gateway',
      revision: 'r1',
    });
  });

  it('drops fields that are not allow-listed', () => {
    const { written, write } = capture();
    const logger = createLogger({ service: 's', revision: 'r', extraFields: ['key_id'], write });
    const fields = { key_id: 'k', headers: 'cookie' };
    logger.info('x', fields);
    logger.flush();
    expect(written.join('')).toContain('"key_id":"k"');
    expect(written.join('')).not.toContain('cookie');
  });

  it('redacts credentials wherever they stand', () => {
    const { written, write } = capture();
    const key = `omni_live_${'a'.repeat(12)}${'S'.repeat(32)}${'crcWXYZ'.slice(1)}`;
    const logger = createLogger({ service: 's', revision: 'r', write });
    logger.error(`failed for ${key}`, { reason: 'Authorization: Bearer abc.def' });
    expect(written.join('')).not.toContain('SSSS');
    expect(written.join('')).not.toContain('abc.def');
    expect(written.join('')).toContain('omni_live_aaaaaaaaaaaa…WXYZ');
  });

  it('batches lines and writes them within 100 ms, errors at once', async () => {
    const { written, write } = capture();
    const logger = createLogger({ service: 's', revision: 'r', write });
    logger.info('one');
    logger.info('two');
    expect(written).toHaveLength(0);
    const startedAt = performance.now();
    await vi.waitFor(() => expect(written).toHaveLength(1), { timeout: 2_000, interval: 5 });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    logger.error('three');
    expect(written).toHaveLength(2);
  });

  it('drops lines below its level', () => {
    const { written, write } = capture();
    createLogger({ service: 's', revision: 'r', write }).debug('x');
    const verbose = createLogger({ service: 's', revision: 'r', level: 'DEBUG', write });
    verbose.debug('y');
    verbose.flush();
    expect(written.join('')).toContain('"message":"y"');
    expect(written.join('')).not.toContain('"message":"x"');
  });
});

describe('isoNow', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is what the clock shows, whatever was asked before', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { maxLength: 20 }), (steps) => {
        for (const step of steps) {
          vi.setSystemTime(Date.now() + step);
          expect(isoNow()).toBe(new Date().toISOString());
        }
      }),
    );
  });
});
