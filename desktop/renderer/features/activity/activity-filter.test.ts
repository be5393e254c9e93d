import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../shared/contract/audit.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import { filterAudit, filterOperations } from './activity-filter.ts';

const operation = (id: number, state: Operation['state']): Operation => ({
  id: String(id),
  kind: 'deploy',
  target: 'local',
  service: 'gateway',
  title: 'Deploy gateway',
  state,
  stages: [],
  committed: false,
  createdAt: id,
  startedAt: null,
  endedAt: null,
  usualMs: null,
  error: null,
  result: null,
  canary: null,
  release: null,
  upstream: null,
  log: [],
});

const OPERATIONS = [
  operation(1, 'succeeded'),
  operation(3, 'failed'),
  operation(5, 'running'),
  operation(2, 'cancelled'),
  operation(4, 'interrupted'),
  operation(6, 'queued'),
];

describe('the segments of the operations', () => {
  it.each([
    ['all', ['6', '5', '4', '3', '2', '1']],
    ['running', ['6', '5']],
    ['succeeded', ['1']],
    ['failed', ['4', '3', '2']],
  ] as const)('%s shows %j, newest first', (filter, ids) => {
    expect(filterOperations(OPERATIONS, filter).map(({ id }) => id)).toEqual(ids);
  });
});

describe('the audit entries', () => {
  const entry = (sequence: number, part: Partial<AuditEntry>): AuditEntry => ({
    sequence,
    at: sequence,
    actor: 'ada',
    target: 'local',
    action: 'keys.create',
    subject: 'mobile-app',
    outcome: 'ok',
    detail: '',
    hash: 'h',
    ...part,
  });
  const entries = [
    entry(3, { action: 'deployments.rollBack', subject: 'gateway-00042' }),
    entry(2, { outcome: 'refused', detail: 'Target local is read-only.' }),
    entry(1, { outcome: 'failed', actor: 'grace' }),
  ];

  it.each([
    ['all', '', [3, 2, 1]],
    ['refused', '', [2]],
    ['all', 'ROLLBACK', [3]],
    ['all', 'read-only', [2]],
    ['failed', 'grace', [1]],
    ['ok', 'grace', []],
  ] as const)('%s with %j shows %j', (filter, search, sequences) => {
    const shown = filterAudit(entries, { filter, search });
    expect(shown.map(({ sequence }) => sequence)).toEqual(sequences);
  });
});
