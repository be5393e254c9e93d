import { describe, expect, it } from 'vitest';
import { StateInUseError } from './providers/os/state-owner.ts';
import { startFailureLine, toStartFailure } from './start-failure.ts';

describe('a start that failed', () => {
  it.each([
    [
      new StateInUseError('folder', 7),
      'STATE_IN_USE',
      'The state folder folder is used by the console of process 7.',
      'Use that console, or start this one with another --state DIR.',
    ],
    [new Error('no room'), 'START_FAILED', 'no room', 'Look at logs/console.log.'],
    ['a word', 'START_FAILED', 'a word', 'Look at logs/console.log.'],
  ])('%s is one JSON line with cause and next step', (error, code, message, nextStep) => {
    const line = startFailureLine(toStartFailure(error));
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toEqual({ severity: 'ERROR', code, message, next_step: nextStep });
  });
});
