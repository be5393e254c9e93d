import type { BackendHealth, PartState } from '@omni/contracts/health.ts';
import { expect, it } from 'vitest';
import { toStatusCode, toVerdict } from './verdict.ts';

const since = new Date(0).toISOString();
const services = (states: Partial<Record<string, PartState>>): BackendHealth['services'] => ({
  api: { state: states['api'] ?? 'ok', since },
  database: { state: states['database'] ?? 'ok', since },
  redis: { state: states['redis'] ?? 'ok', since },
  ai: { state: states['ai'] ?? 'ok', since },
});

it.each([
  [{}, 'healthy', 200],
  [{ database: 'not_configured', redis: 'not_configured' }, 'healthy', 200],
  [{ database: 'down' }, 'degraded', 200],
  [{ redis: 'down' }, 'degraded', 200],
  [{ ai: 'degraded' }, 'degraded', 200],
  [{ database: 'starting' }, 'healthy', 200],
  [{ ai: 'starting' }, 'starting', 503],
  [{ ai: 'starting', database: 'down' }, 'starting', 503],
  [{ ai: 'down' }, 'unhealthy', 503],
  [{ api: 'down' }, 'unhealthy', 503],
] as const)('%j is %s', (states, status, code) => {
  const verdict = toVerdict(services(states));
  expect(verdict).toBe(status);
  expect(toStatusCode(verdict)).toBe(code);
});
