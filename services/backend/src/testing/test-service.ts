import { createLogger } from '@omni/kit/logger.ts';
import type { FastifyInstance } from 'fastify';
import { createApp } from '../app.ts';
import { readBackendConfig } from '../config.ts';
import type { Log } from '../log.ts';
import { LOG_FIELDS } from '../log.ts';
import type { DocumentedRoute } from '@omni/kit/api-docs/route-doc.ts';
import type { Service } from '../service.ts';
import { createService } from '../service.ts';
import { until } from './until.ts';

export interface TestService {
  readonly app: FastifyInstance;
  readonly routes: readonly DocumentedRoute[];
  readonly service: Service;
  /** Everything that was logged. */
  readonly logged: () => string;
  close(): Promise<void>;
}

/** A logger that writes into memory. */
export function memoryLog(): { log: Log; text: () => string } {
  let text = '';
  const log = createLogger({
    service: 'backend',
    revision: 'test',
    extraFields: LOG_FIELDS,
    level: 'DEBUG',
    write: (lines) => {
      text += lines;
    },
  });
  return {
    log,
    text: () => {
      log.flush();
      return text;
    },
  };
}

/** The real service in this process, lanes included, without a port. */
export async function createTestService(
  env: Readonly<Record<string, string>> = {},
): Promise<TestService> {
  const config = readBackendConfig({
    K_REVISION: 'test',
    LANES: '1',
    RATE_LIMIT_PER_MINUTE: '0',
    ...env,
  });
  const { log, text } = memoryLog();
  const service = createService(config, log);
  const { app, routes } = createApp(config, service);
  await app.ready();
  await service.start();
  return {
    app,
    routes,
    service,
    logged: text,
    close: async () => {
      await app.close();
      await service.stop();
    },
  };
}

/** Waits until every model answers. */
export async function whenReady({ app }: Pick<TestService, 'app'>): Promise<void> {
  await until('ready', async () => {
    const { statusCode } = await app.inject('/health/ready');
    return statusCode === 200 ? true : undefined;
  });
}
