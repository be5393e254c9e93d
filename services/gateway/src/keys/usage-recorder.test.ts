import { describe, expect, it } from 'vitest';
import type { AcceptedKey } from './auth-decision.ts';
import { KeyLoad } from './key-load.ts';
import type { KeyRepository } from './key-repository.ts';
import type { UsageBatch } from './key-usage.ts';
import { UsageCounter } from './usage-counter.ts';
import { UsageRecorder } from './usage-recorder.ts';
import type { CountedRequest } from './usage-recorder.ts';

function key(id: string, secretNo: number): AcceptedKey {
  const open = { environment: 'live', identity: null, scopes: [], limits: [], quotas: [] };
  const usage = new UsageCounter(id, secretNo);
  const load = new KeyLoad();
  return { id, source: 'store', ...open, rateLimitPerMinute: null, secretNo, usage, load };
}

interface Recorded {
  recorder: UsageRecorder;
  batches: UsageBatch[];
  fail: (error: Error | undefined) => void;
}

function record(): Recorded {
  const batches: UsageBatch[] = [];
  let failure: Error | undefined;
  const repository = {
    recordUsage: (batch: UsageBatch) => {
      if (failure !== undefined) return Promise.reject(failure);
      batches.push(batch);
      return Promise.resolve();
    },
  } as unknown as KeyRepository;
  const recorder = new UsageRecorder(() => Promise.resolve([repository]));
  return { recorder, batches, fail: (error) => (failure = error) };
}

const CLIENT = { clientAddress: '203.0.113.7', head: { 'user-agent': 'curl/8.1.2 (x)' } };

const request = (used: AcceptedKey, route = '/v1/models', method = 'GET'): CountedRequest => ({
  ...{ key: used, route, method, bytesSent: 100, ...CLIENT },
});

describe('UsageRecorder', () => {
  it('adds up requests, errors, bytes and methods per secret and route', async () => {
    const { recorder, batches } = record();
    const [current, older] = [key('a', 2), key('a', 1)];
    for (const status of [200, 404, 500]) {
      recorder.used(current);
      recorder.ended(request(current), status, 2);
    }
    recorder.ended(request(current, '/v1/models', 'POST'), 200, 2);
    recorder.ended(request(older, '/other'), 200, 2);
    recorder.ended({ ...request(current), key: undefined }, 401, 1);
    await recorder.flush();
    const counted = batches[0]?.counts.map(({ minute: _minute, buckets, ...rest }) => ({
      ...rest,
      upTo2Ms: buckets[1],
    }));
    expect(counted).toEqual([
      {
        ...{ keyId: 'a', secretNo: 2, route: '/v1/models' },
        ...{ requests: 4, errors: 2, bytes: 400, durationMs: 8, upTo2Ms: 4 },
        methods: { GET: 3, POST: 1 },
      },
      {
        ...{ keyId: 'a', secretNo: 1, route: '/other' },
        ...{ requests: 1, errors: 0, bytes: 100, durationMs: 2, upTo2Ms: 1 },
        methods: { GET: 1 },
      },
    ]);
    expect(batches[0]?.lastUsed.map((use) => use.secretNo)).toEqual([2]);
  });

  it('tells from where a key is used, addresses and agents apart', async () => {
    const { recorder, batches } = record();
    const used = key('a', 1);
    recorder.used(used);
    for (const clientAddress of ['203.0.113.7', '::ffff:203.0.113.7', '2001:db8::5', 'a "name"']) {
      recorder.ended({ ...request(used), clientAddress }, 200, 2);
    }
    await recorder.flush();
    const sources = batches[0]?.sources?.map(({ kind, name, requests }) => [kind, name, requests]);
    expect(sources).toEqual([
      ['address', '203.0.113.7', 2],
      ['address', '2001:db8:0:0::/64', 1],
      ['address', 'unknown', 1],
      ['agent', 'curl/8', 4],
    ]);
  });

  it('writes nothing twice, and nothing when nothing happened', async () => {
    const { recorder, batches } = record();
    recorder.ended(request(key('a', 1)), 200, 2);
    await recorder.flush();
    await recorder.flush();
    expect(batches).toHaveLength(1);
  });

  it('keeps what the store did not take', async () => {
    const { recorder, batches, fail } = record();
    const used = key('a', 1);
    recorder.used(used);
    recorder.ended(request(used), 200, 2);
    fail(new Error('away'));
    await expect(recorder.flush()).rejects.toThrow('away');
    recorder.ended(request(used, '/v1/models', 'POST'), 200, 2);
    fail(undefined);
    await recorder.flush();
    const sum = { requests: 0, GET: 0, POST: 0 };
    // The minute may be over between the two.
    for (const { requests, methods } of batches[0]?.counts ?? []) {
      sum.requests += requests;
      sum.GET += methods['GET'] ?? 0;
      sum.POST += methods['POST'] ?? 0;
    }
    expect(sum).toEqual({ requests: 2, GET: 1, POST: 1 });
    expect(batches[0]?.lastUsed).toHaveLength(1);
  });
});
