import { setFlagsFromString } from 'node:v8';
import { exitOnUncaught } from '@omni/kit/exit-on-uncaught.ts';
import { stopOnSignal } from '@omni/kit/graceful-stop.ts';
import { createLogger } from '@omni/kit/logger.ts';
import { startOrExit } from '@omni/kit/start-error.ts';
import { readGatewayConfig } from './config.ts';
import { createGateway } from './gateway.ts';
import { GATEWAY_LOG_FIELDS } from './request-log.ts';

// Some forty kilobytes survive a collection of the young generation: helpers for that cost more than
// they do (0.25 instead of 0.36 ms on one processor, `--trace-gc-nvp`), and every request waits.
setFlagsFromString('--no-parallel-scavenge');
// So little reaches the old generation that V8, after a hundred seconds without a full collection, takes
// a gateway under full load for an idle page and gives its young generation back: 19 ms during which
// every request waits, and a minute until it is taken again. Without: a collection of 4 to 9 ms.
setFlagsFromString('--no-memory-reducer-favors-memory');

/** The gateway as a process: environment in, JSON lines out, stopped by a signal. */
await startOrExit(async () => {
  const config = readGatewayConfig(process.env);
  const logger = createLogger({
    service: config.K_SERVICE ?? 'gateway',
    revision: config.K_REVISION,
    extraFields: GATEWAY_LOG_FIELDS,
  });
  const gateway = await createGateway(config, logger);
  exitOnUncaught({
    logger,
    report: async (error) => {
      gateway.uncaught(error);
      await gateway.flushReports();
    },
  });
  await gateway.start();
  stopOnSignal({
    logger,
    deadlineMs: config.DRAIN_DELAY_MS + 9_500,
    steps: [{ name: 'drain', run: () => gateway.stop() }],
  });
});
