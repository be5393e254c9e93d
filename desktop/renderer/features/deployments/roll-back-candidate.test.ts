import { describe, expect, it } from 'vitest';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import { sampleRevisions, sampleServices } from '../../testing/sample-deployments.ts';
import { rollBackCandidate } from './roll-back-candidate.ts';

const ROWS = sampleRevisions('gateway', Date.parse('2026-05-01T12:00:00Z'));
const gateway = sampleServices().find(({ id }) => id === 'gateway');
if (gateway === undefined) throw new Error('The sample has no gateway.');

describe('the revision that a roll back without a name goes to', () => {
  it('is the newest one before what serves', () => {
    expect(rollBackCandidate(LOCAL_TARGET, gateway, ROWS)).toBe('gateway-00041');
  });

  it('skips revisions that never became ready', () => {
    const failed = ROWS.filter(({ revision }) => revision.name !== 'gateway-00041');
    expect(failed[2]?.revision.state).toBe('failed');
    expect(rollBackCandidate(LOCAL_TARGET, gateway, failed)).toBe('gateway-00039');
  });

  it('is none when nothing is older, or nothing may be changed', () => {
    expect(rollBackCandidate(LOCAL_TARGET, gateway, ROWS.slice(0, 2))).toBeNull();
    const readOnly = { ...LOCAL_TARGET, mode: 'read-only' } as const;
    expect(rollBackCandidate(readOnly, gateway, ROWS)).toBeNull();
  });
});
