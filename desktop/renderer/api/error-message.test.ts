import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../shared/contract/errors.ts';
import { FakeContractError } from '../testing/fake-error.ts';
import { errorDetails, errorMessage } from './error-message.ts';
import { HostGoneError } from './host-gone-error.ts';
import { createQueryClient, shouldRetry } from './query-client.ts';

describe('an error in words', () => {
  it.each(ERROR_CODES)('%s has a title and a next step of its own', (code) => {
    const message = errorMessage(Object.assign(new Error('why'), { code }));
    expect(message.title).not.toMatch(/unexpected|failed$|not available/i);
    expect(message.nextStep).toMatch(/\.$/);
    expect(message.reason).toBe('why');
  });

  it('takes the next step that the error itself brings', () => {
    const error = new FakeContractError('CONFLICT', 'etag e1', 'Reload first.');
    expect(errorMessage(error)).toMatchObject({ code: 'CONFLICT', nextStep: 'Reload first.' });
  });

  it('knows that the host is gone', () => {
    expect(errorMessage(new HostGoneError())).toMatchObject({
      code: 'HOST_GONE',
      title: 'The console host is gone',
      reason: '',
      nextStep: 'Restart the console.',
    });
  });

  it.each([['a string'], [null], [undefined], [42], [{ code: 'toString' }], [{ data: 1 }]])(
    'has words for %j too',
    (thrown) => {
      expect(errorMessage(thrown).title).toBe('Something unexpected happened');
    },
  );

  it('gives details without a stack', () => {
    const error = Object.assign(new Error('disk full'), {
      code: 'INTERNAL',
      data: { retryable: false, nextStep: 'Read the log.', reference: 'r-42' },
    });
    expect(errorDetails(error)).toBe(
      'INTERNAL: The console made a mistake\ndisk full\nRead the log.\nReference r-42',
    );
  });
});

describe('retries', () => {
  const error = (retryable: boolean): unknown => ({ data: { retryable, nextStep: '' } });

  it('happen twice, and only when main says that they can help', () => {
    expect([0, 1, 2].map((failures) => shouldRetry(failures, error(true)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(shouldRetry(0, error(false))).toBe(false);
    expect(shouldRetry(0, new HostGoneError())).toBe(false);
  });

  it('never happen for a change', () => {
    expect(createQueryClient(() => undefined).getDefaultOptions().mutations?.retry).toBe(false);
  });
});

describe('a failed change', () => {
  const run = async (meta: Record<string, unknown>): Promise<unknown[]> => {
    const heard: unknown[] = [];
    const client = createQueryClient((thrown) => heard.push(thrown));
    const mutationFn = (): Promise<never> => Promise.reject(new HostGoneError());
    const mutation = client.getMutationCache().build(client, { mutationFn, meta });
    await mutation.execute(undefined).catch(() => 'expected');
    return heard;
  };

  it('is reported, unless its view shows it', async () => {
    expect(await run({})).toHaveLength(1);
    expect(await run({ inline: true })).toHaveLength(0);
  });
});
