import { problem, PROBLEM_CONTENT_TYPE } from '@omni/contracts/problem.ts';
import { describe, expect, it } from 'vitest';
import { PROBLEM_TYPE, toProblem } from './problem-response.ts';

describe('toProblem', () => {
  it('fits the contract', () => {
    expect(PROBLEM_TYPE).toBe(PROBLEM_CONTENT_TYPE);
    const body = toProblem({ status: 404, code: 'x', title: 'X', detail: 'd', requestId: 'r' });
    expect(problem.parse(body)).toEqual(body);
    expect(body).toMatchObject({ detail: 'd', request_id: 'r' });
  });

  it('hides the detail of a 5xx', () => {
    const body = toProblem({ status: 500, code: 'x', title: 'X', detail: 'password wrong' });
    expect(JSON.stringify(body)).not.toContain('password');
  });
});
