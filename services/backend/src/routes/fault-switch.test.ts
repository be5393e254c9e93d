import fastify from 'fastify';
import { expect, it } from 'vitest';
import { createFaultSwitch } from './fault-switch.ts';

it('fails exactly the share that was asked for, and no open route', async () => {
  const app = fastify();
  app.addHook('onRequest', createFaultSwitch(5));
  app.get('/work', () => 'done');
  app.get('/open', { config: { access: 'open' } }, () => 'well');
  const statuses: number[] = [];
  for (let sent = 0; sent < 200; sent += 1) {
    statuses.push((await app.inject('/work')).statusCode);
    expect((await app.inject('/open')).statusCode).toBe(200);
  }
  expect(statuses.filter((status) => status === 500)).toHaveLength(10);
  expect(statuses.slice(0, 20)).toContain(500);
});
