import { randomUUID } from 'node:crypto';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Target } from '../shared/domain/target.ts';
import type { ConsoleConfig } from './config.ts';
import type { Closing } from './lifecycle.ts';
import { closeInOrder } from './lifecycle.ts';
import type { ConsolePorts } from './ports/console-ports.ts';
import type { Logger } from './ports/logger.ts';
import type { OpenBrowser } from './ports/open-browser.ts';
import type { OperatorConsent } from './ports/operator-consent.ts';
import type { RefreshTokens } from './ports/refresh-tokens.ts';
import type { TargetSession } from './ports/target-session.ts';
import { HashChainedAuditLog } from './providers/audit/hash-chained-audit-log.ts';
import { GatewayAdminClient } from './providers/gateway/gateway-admin-client.ts';
import { GatewayKeyStore } from './providers/gateway/gateway-key-store.ts';
import { HttpHealthProbe } from './providers/http/http-health-probe.ts';
import { FileOperationJournal } from './providers/journal/file-operation-journal.ts';
import { LocalSession } from './providers/local/local-session.ts';
import { EmbeddedMetricsSource } from './providers/metrics/embedded-metrics-source.ts';
import { FileSettingsStore } from './providers/os/file-settings-store.ts';
import { createPinoLogger } from './providers/os/pino-logger.ts';
import { ownState } from './providers/os/state-owner.ts';
import { systemClock as clock } from './providers/os/system-clock.ts';
import type { Context } from './rpc/context.ts';
import { Sessions } from './sessions.ts';
import type { Core } from './usecases/core.ts';
import { createCore, selectedTarget, targetById } from './usecases/core.ts';
import { findService } from './usecases/deployments/read-service.ts';
import { driveSampleTraffic } from './usecases/stack/sample-traffic.ts';
import { startUp } from './usecases/start-up.ts';

/** What only the platform that runs the console can give. */
export interface Platform {
  readonly consent: OperatorConsent;
  readonly openBrowser: OpenBrowser;
  /** Where the refresh tokens of sign-ins are kept. */
  readonly refreshTokens: (stateFolder: string) => RefreshTokens;
  readonly version: string;
  readonly runtimes: readonly { readonly name: string; readonly version: string }[];
}

export interface ConsoleApp {
  readonly context: Context;
  readonly log: Logger;
  /** Begins what runs by itself: scraping, following operations, the first deploy. */
  start(): void;
  /** Stops it again, `first` before everything else. Deployed services keep running. */
  close(first?: readonly Closing[]): Promise<void>;
}

/**
 * The only place where adapters meet use cases. Nothing is asked of the world before `start`, but
 * the state folder is this console's until `close`. Throws StateInUseError when it is another's.
 */
export async function compose(config: ConsoleConfig, platform: Platform): Promise<ConsoleApp> {
  const { stateFolder, sourcesFolder } = config;
  const release = await ownState(stateFolder);
  const log = createPinoLogger(join(stateFolder, 'logs'));

  const settings = new FileSettingsStore(stateFolder);
  const reading = await settings.read();
  const local = new LocalSession({ stateFolder, sourcesFolder, clock });
  const host = { env: process.env, home: homedir(), platform: process.platform };
  const { openBrowser } = platform;
  const refreshTokens = platform.refreshTokens(stateFolder);
  const sessions = new Sessions({ local, refreshTokens, openBrowser, host, sourcesFolder, clock });
  const sessionFor = (target: Target): TargetSession => sessions.of(target);
  const session = (): TargetSession => sessionFor(selectedTarget(core));

  const gateway = new GatewayAdminClient({
    gatewayUrl: async () => (await findService(session().provider, 'gateway'))?.uri ?? null,
    adminToken: () => session().secrets.gatewayAdminToken(),
  });
  const probe = new HttpHealthProbe();
  const targets = { list: () => session().scrapeTargets.list() };
  const metrics = new EmbeddedMetricsSource({ targets, clock, logger: log });

  const ports: ConsolePorts = {
    get session() {
      return session();
    },
    sessionOf: (id) => sessionFor(targetById(core, id)),
    keys: new GatewayKeyStore(gateway),
    metrics,
    probe,
    journal: new FileOperationJournal({ file: join(stateFolder, 'operations.ndjson'), log }),
    audit: new HashChainedAuditLog(join(stateFolder, 'audit.ndjson'), log),
    settings,
    consent: platform.consent,
    clock,
    log,
    newId: randomUUID,
  };
  const { version, runtimes } = platform;
  const { cancelWindowMs } = config;
  const settingsWarning = reading.warning;
  const facts = { version, runtimes, stateFolder, cancelWindowMs, settingsWarning };
  const core: Core = createCore(ports, facts, reading.settings);

  const ending = new AbortController();
  return {
    context: { core, actor: operatorName() },
    log,
    start: () => {
      metrics.start();
      runInBackground(core, config, ending.signal);
    },
    close: async (first = []) => {
      ending.abort();
      const owner = { close: release };
      await closeInOrder([...first, ...closings({ metrics, probe, sessions, local, owner })], log);
    },
  };
}

/** Parts by name, in the order in which they are closed. */
function closings(parts: Readonly<Record<string, { close(): Promise<void> }>>): Closing[] {
  return Object.entries(parts).map(([name, part]) => ({ name, close: () => part.close() }));
}

function runInBackground(core: Core, config: ConsoleConfig, signal: AbortSignal): void {
  const failed = (what: string) => (error: unknown) => {
    // At the end connections are closed under whatever was still asking.
    if (!signal.aborted) core.ports.log.error(`${what} failed`, error);
  };
  startUp(core, { autoDeploy: config.autoDeploy, signal }).catch(failed('the start-up work'));
  driveSampleTraffic(core, signal).catch(failed('sample traffic'));
}

/** The account that runs the console; a container may have none with a name. */
function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    // No entry in the password file for this uid.
    return `uid ${String(process.getuid?.() ?? 'unknown')}`;
  }
}
