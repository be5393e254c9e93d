import { expect, it } from 'vitest';
import { addressOf, describeLoss } from './describe-loss.ts';

const postgres = addressOf('Postgres', 'postgresql://user:secret@db.internal/omni', 5432);
const failure = (code: string): Error => Object.assign(new Error('raw'), { code });

it.each([
  [failure('ECONNREFUSED'), 'Postgres refused the connection at db.internal:5432'],
  [failure('ENOTFOUND'), 'Postgres has a host name that does not resolve at db.internal:5432'],
  [failure('28P01'), 'Postgres refused the user or password at db.internal:5432'],
  [failure('57P03'), 'Postgres is starting up at db.internal:5432'],
  [
    new AggregateError([failure('ECONNREFUSED')]),
    'Postgres refused the connection at db.internal:5432',
  ],
  [new Error('timeout expired'), 'Postgres did not answer in time at db.internal:5432'],
  [new Error('odd'), 'Postgres failed at db.internal:5432: odd'],
])('names a loss without the credentials: %s', (error, sentence) => {
  expect(describeLoss(postgres, error)).toBe(sentence);
});

it('knows what Redis says', () => {
  const redis = addressOf('Redis', 'redis://:pw@cache:6380', 6379);
  const error = new Error('WRONGPASS invalid username-password pair');
  expect(describeLoss(redis, error)).toBe('Redis refused the user or password at cache:6380');
});
