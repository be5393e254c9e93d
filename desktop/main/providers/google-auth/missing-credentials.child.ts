/** What missing-credentials.test.ts runs: prints how every call on such a target ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import process from 'node:process';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import { Sessions } from '../../sessions.ts';
import { noAccess } from '../local/no-access.ts';
import { MemoryRefreshTokens } from '../os/memory-refresh-tokens.ts';
import { systemClock } from '../os/system-clock.ts';

const unhandled: string[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(String(reason)));
process.on('uncaughtException', (error) => unhandled.push(String(error)));

const sessions = new Sessions({
  local: { access: noAccess } as never,
  refreshTokens: new MemoryRefreshTokens(),
  openBrowser: () => Promise.resolve(false),
  host: { env: {}, home: process.argv[2] ?? '', platform: 'linux' },
  sourcesFolder: '/nowhere',
  clock: systemClock,
});
const { provider, secrets, access } = sessions.of({
  ...LOCAL_TARGET,
  id: 'remote',
  kind: 'cloud-run',
  project: 'shop-project',
  region: 'europe-west1',
  credentials: { kind: 'adc', impersonate: null, file: null },
});
const calls = [
  () => provider.listServices(),
  () => provider.getService('gateway'),
  () => provider.listRevisions('gateway'),
  () => provider.setTraffic('gateway', { kind: 'latest' }),
  () => secrets.gatewayAdminToken(),
  async () => {
    const { problem } = await access.status();
    throw Object.assign(new Error(), { code: problem?.code });
  },
];

const codes: unknown[] = [];
let slowestMs = 0;
for (const call of calls) {
  const startedAt = Date.now();
  codes.push(
    await call().then(
      () => 'no error',
      (error: unknown) => (error as { code?: unknown }).code,
    ),
  );
  slowestMs = Math.max(slowestMs, Date.now() - startedAt);
}
// Whatever a client would still throw outside its promise has had its turn by then.
await sleep(250);
await sessions.close();
process.stdout.write(JSON.stringify({ codes, unhandled, slowestMs }));
