/**
 * `node key-decisions.ts DATABASE_URL TEXTS_FILE`: loads the table of keys, decides on the texts in
 * random order, and prints what a decision and what its lookup cost, as JSON.
 */
import { readFileSync } from 'node:fs';
import { createApiKeyAuth } from '../../services/gateway/src/keys/api-key-auth.ts';
import { createAuthThrottle } from '../../services/gateway/src/keys/auth-throttle.ts';
import {
  createKeyHasher,
  parsePeppers,
  processPepper,
} from '../../services/gateway/src/keys/hash-key.ts';
import { KeyTable } from '../../services/gateway/src/keys/key-table.ts';
import { openPostgresKeyRepository } from '../../services/gateway/src/keys/postgres-key-repository.ts';
import { KEY_PEPPERS } from '../../services/gateway/src/keys/testing/fill-key-store.ts';
import { median } from '../figure.ts';

const ROUNDS = 60;
const BATCH = 1_000;
const WARM_ROUNDS = 20;
const ID_AT = 'omni_live_'.length;
const subject = { method: 'GET', path: '/v1/models', clientAddress: '10.0.0.1' };

const [, , databaseUrl = '', textsFile = ''] = process.argv;
const texts = JSON.parse(readFileSync(textsFile, 'utf8')) as string[];
const repository = await openPostgresKeyRepository(databaseUrl);
const stored = new KeyTable(() => Promise.resolve(repository), { reachable: () => undefined });
await stored.check();
const hasher = createKeyHasher(parsePeppers(KEY_PEPPERS) ?? processPepper());
const throttle = createAuthThrottle();
const auth = createApiKeyAuth({ hasher, staticKeys: [], stored, throttle, environments: null });

/**
 * Nanoseconds of processor time per call; the table is confirmed before every round. `call` tells
 * whether it did what is measured: on a busy machine a round may outlast the confirmation.
 */
async function cost(call: (text: string) => boolean): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await stored.check();
    let isWhole = true;
    const before = process.cpuUsage();
    for (let i = 0; i < BATCH; i += 1) {
      isWhole = call(texts[(round * BATCH + i) % texts.length] ?? '') && isWhole;
    }
    const { user, system } = process.cpuUsage(before);
    if (isWhole && round >= WARM_ROUNDS) rounds.push(((user + system) * 1_000) / BATCH);
  }
  if (rounds.length === 0) throw new Error('No round was measured: the machine is too busy');
  return median(rounds) ?? Number.NaN;
}

const decisionNs = await cost((text) => {
  const decision = auth(text, subject);
  return !(decision instanceof Promise) && decision.kind === 'allowed';
});
const hashNs = await cost((text) => hasher(text).length === 1);
const lookupNs = await cost((text) => stored.columns.find(text, ID_AT, 12) > 0);
const keys = stored.columns.count;
stored.stop();
await repository.close();
process.stdout.write(`${JSON.stringify({ keys, decisionNs, hashNs, lookupNs })}\n`);
