import { describe, expect, it } from 'vitest';
import { closeInOrder } from './lifecycle.ts';

describe('an orderly end', () => {
  it('stops the parts in their order, and goes on after one that fails or hangs', async () => {
    const done: string[] = [];
    const errors: string[] = [];
    const log = {
      info: () => undefined,
      warn: () => undefined,
      error: (message: string) => errors.push(message),
    };
    await closeInOrder(
      [
        { name: 'page', close: () => Promise.resolve(done.push('page')).then(() => undefined) },
        { name: 'broken', close: () => Promise.reject(new Error('no')) },
        { name: 'hanging', close: () => new Promise<never>(() => undefined) },
        { name: 'last', close: () => void done.push('last') },
      ],
      log,
    );
    expect(done).toEqual(['page', 'last']);
    expect(errors).toEqual([
      'broken could not be stopped in order',
      'hanging could not be stopped in order',
    ]);
  });
});
