import { attachHttpDrain } from '@omni/kit/drain-http-server.ts';
import { exitOnUncaught } from '@omni/kit/exit-on-uncaught.ts';
import { stopOnSignal } from '@omni/kit/graceful-stop.ts';
import { LISTEN_BACKLOG } from '@omni/kit/listen-backlog.ts';
import { createLogger } from '@omni/kit/logger.ts';
import { startOrExit, StartError } from '@omni/kit/start-error.ts';
import type { FastifyInstance } from 'fastify';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { readBackendConfig } from './config.ts';
import { LOG_FIELDS } from './log.ts';
import { createService } from './service.ts';
import { VERSION } from './version.ts';

/**
 * Cloud Run kills 10 s after SIGTERM. Work that still waits after SHED_MS is told to retry, and a
 * connection that is still open after DRAIN_MS is cut.
 */
const SHED_MS = 5_000;
const DRAIN_MS = 7_000;
const STOP_MS = 9_500;
await startOrExit(async () => {
  const config = readBackendConfig(process.env);
  const log = createLogger({
    service: 'backend',
    revision: config.revision,
    extraFields: LOG_FIELDS,
    level: config.logLevel,
  });
  exitOnUncaught({ logger: log });
  const service = createService(config, log);
  const { app } = createApp(config, service);
  const drain = attachHttpDrain(app.server);
  stopOnSignal({
    logger: log,
    deadlineMs: STOP_MS,
    steps: [
      { name: 'refuse', run: () => service.refuse() },
      {
        name: 'drain',
        run: async () => {
          const shed = setTimeout(() => service.shed(), SHED_MS);
          const cut = await drain.finish({ deadlineMs: DRAIN_MS });
          clearTimeout(shed);
          if (cut > 0) log.warn('Connections were cut at the stop', { reason: `${cut} were open` });
        },
      },
      { name: 'close', run: () => service.stop() },
    ],
  });
  // The port first: probes see a live process while the models load.
  await listen(app, config);
  service.startUp.note('port', performance.now());
  log.info('Listening', { host: config.host, port: portOf(app), version: VERSION });
  await service.start();
});

async function listen(app: FastifyInstance, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port, backlog: LISTEN_BACKLOG });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      'LISTEN_FAILED',
      `Cannot listen on ${host}:${port}: ${reason}`,
      'Stop what uses the port or set PORT and HOST to an address of this machine.',
    );
  }
}

function portOf(app: FastifyInstance): number | undefined {
  const address = app.server.address();
  return typeof address === 'object' ? address?.port : undefined;
}
