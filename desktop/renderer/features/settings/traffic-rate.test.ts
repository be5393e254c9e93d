import { describe, expect, it } from 'vitest';
import { contract } from '../../../shared/contract/index.ts';
import { rateProblem } from './traffic-rate.ts';

const schema = contract.stack.setSampleTraffic['~orpc'].inputSchema;

describe('the rate of the sample traffic', () => {
  it.each(['1', '20', '500', '0', '501', '-3', '1.5', '', 'many', '1e2'])(
    'judges %j as the contract does',
    (text) => {
      const accepted = /^\d+$/.test(text)
        ? schema?.safeParse({ on: true, requestsPerSecond: Number(text) }).success
        : false;
      expect(rateProblem(text) === null).toBe(accepted);
    },
  );
});
