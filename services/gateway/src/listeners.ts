import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpDrain } from '@omni/kit/drain-http-server.ts';
import { LISTEN_BACKLOG } from '@omni/kit/listen-backlog.ts';
import { StartError } from '@omni/kit/start-error.ts';
import { createApp } from './app.ts';
import type { App, AppParts, Plane } from './app.ts';
import type { GatewayConfig } from './config.ts';

/** One port for everything, or a second one for the admin API. */
export interface Listeners {
  /** Listens and returns PORT, or the free port that was chosen for it. */
  start: () => Promise<number>;
  /** Of all listeners together. */
  drain: HttpDrain;
}

/** Makes the listeners that GATEWAY_ROLE and ADMIN_PORT ask for; both share everything behind them. */
export function createListeners(parts: Omit<AppParts, 'plane'>): Listeners {
  const { config, logger } = parts;
  const { main, admin } = planesOf(config);
  const app = createApp({ ...parts, plane: main });
  const adminApp = admin === null ? null : createApp({ ...parts, plane: admin });
  return {
    async start() {
      const port = await listen(app.server, config, { name: 'PORT', port: config.PORT });
      logger.info('Listening', { host: config.host, port });
      if (adminApp !== null) {
        const wanted = { name: 'ADMIN_PORT', port: config.ADMIN_PORT ?? 0 };
        const adminPort = await listen(adminApp.server, config, wanted);
        logger.info('Admin API listening', { host: config.host, port: adminPort });
      }
      return port;
    },
    drain: adminApp === null ? app.drain : bothDrains(app, adminApp),
  };
}

function planesOf({ GATEWAY_ROLE: role, ADMIN_PORT }: GatewayConfig): {
  main: Plane;
  admin: Plane | null;
} {
  const apart = role === 'both' && ADMIN_PORT !== undefined;
  return {
    main: { data: role !== 'admin', admin: role !== 'data' && !apart },
    admin: apart ? { data: false, admin: true } : null,
  };
}

function listen(
  server: Server,
  { host }: GatewayConfig,
  { name, port }: { name: string; port: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const next = `Stop what uses the port, or set ${name} to another one.`;
      reject(new StartError('LISTEN_FAILED', `Cannot listen: ${error.message}`, next));
    });
    server.listen({ port, host, backlog: LISTEN_BACKLOG }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}

/** Both end together, within the same time. */
function bothDrains({ drain: data }: App, { drain: admin }: App): HttpDrain {
  return {
    get draining() {
      return data.draining;
    },
    begin() {
      data.begin();
      admin.begin();
    },
    async finish(options) {
      const [cutData, cutAdmin] = await Promise.all([data.finish(options), admin.finish(options)]);
      return cutData + cutAdmin;
    },
  };
}
