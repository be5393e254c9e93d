import type { ConsoleClient, Stream } from '../api/client.ts';
import { LOCAL_TARGET } from '../../shared/domain/target.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import type { StackStatus } from '../../shared/contract/stack.ts';
import type { Operation } from '../../shared/domain/operation.ts';
import { unreachable } from './fake-error.ts';
import { targetGroups } from './fake-targets.ts';
import { sampleAudit } from './sample-audit.ts';
import { sampleRevisions, sampleServices } from './sample-deployments.ts';
import { degradedStack, healthyStack, unknownStack } from './sample-health.ts';
import { sampleKeyUsage, sampleKeys } from './sample-keys.ts';
import { appendedBoard, emptyBoard, figuresAt, fullBoard, routeRows } from './sample-metrics.ts';
import type { BoardMood } from './sample-metrics.ts';
import { sampleCost, samplePlan } from './sample-plans.ts';
import { pastOperations, runningDeploy } from './sample-operations.ts';
import { rolloutGroups } from './fake-rollouts.ts';
import { breakingAfter, ticking } from './streams.ts';

/**
 * What the console finds behind the contract: `full` healthy with traffic and a history; `degraded`
 * a slow Postgres while a deploy runs; `empty` ready, but nobody has sent or done anything;
 * `starting` the first start deploys the stack; `error` every call fails; `stale` values came once,
 * then the streams broke; `loading` calls never answer.
 */
export const SCENARIOS = [
  'full',
  'degraded',
  'empty',
  'starting',
  'error',
  'stale',
  'loading',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** One group of procedures or more, to replace in a fake. */
export type FakeOverrides = {
  readonly [Group in keyof ConsoleClient]?: Partial<ConsoleClient[Group]>;
};

const EVERY_MS = 1_000;

interface Options {
  readonly signal?: AbortSignal;
}

/** Answers of one scenario: `value` for reads, `live` for streams. */
class Answers {
  readonly scenario: Scenario;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
  }

  get isEmpty(): boolean {
    return this.scenario === 'empty' || this.scenario === 'starting';
  }

  get mood(): BoardMood {
    if (this.isEmpty) return 'silent';
    return this.scenario === 'degraded' ? 'slow' : 'even';
  }

  value<T>(make: () => T): Promise<T> {
    if (this.scenario === 'error') return Promise.reject(unreachable);
    if (this.scenario === 'loading') return new Promise(() => undefined);
    return Promise.resolve().then(make);
  }

  async live<T>(make: (tick: number) => T, options?: Options): Promise<Stream<T>> {
    await this.value(() => null);
    if (this.scenario === 'stale') return breakingAfter([make(0)], unreachable);
    return ticking(make, EVERY_MS, options?.signal);
  }

  list<T>(rows: readonly T[]): T[] {
    return this.isEmpty ? [] : [...rows];
  }
}

function operationsOf({ scenario }: Answers): Operation[] {
  const now = Date.now();
  if (scenario === 'empty') return [];
  if (scenario === 'starting') return [runningDeploy(now, 'backend')];
  return scenario === 'degraded'
    ? [runningDeploy(now), ...pastOperations(now)]
    : pastOperations(now);
}

function stackStatus(scenario: Scenario): StackStatus {
  const isStarting = scenario === 'starting';
  return {
    phase: isStarting ? 'deploying' : 'ready',
    reason: null,
    gatewayUrl: isStarting ? null : 'http://127.0.0.1:8081',
    backendUrl: isStarting ? null : 'http://127.0.0.1:8080',
    startedAt: Date.now() - 11_520_000,
    operationIds: isStarting ? ['op-run-backend', 'op-run-gateway'] : [],
  };
}

const settings: Settings = {
  version: 1,
  theme: 'system',
  targetId: 'local',
  targets: [LOCAL_TARGET],
  sampleTraffic: { requestsPerSecond: 20 },
};

function healthGroup(answers: Answers): ConsoleClient['health'] {
  const make = (): ReturnType<typeof healthyStack> => {
    if (answers.scenario === 'starting') return unknownStack(Date.now());
    return answers.scenario === 'degraded' ? degradedStack(Date.now()) : healthyStack(Date.now());
  };
  return {
    check: () => answers.value(make),
    watch: (...[, options]) => answers.live(make, options),
  };
}

function metricsGroup(answers: Answers): ConsoleClient['metrics'] {
  const { mood } = answers;
  return {
    watchBoard: ({ range }, options) =>
      answers.live((tick) => {
        if (answers.scenario === 'starting') return emptyBoard(range);
        return tick === 0
          ? fullBoard(Date.now(), range, mood)
          : appendedBoard(Date.now(), range, mood);
      }, options),
    routes: () => answers.value(() => answers.list(routeRows(mood))),
    filters: () =>
      answers.value(() => ({
        routes: answers.list(routeRows(mood).map((row) => row.route)),
        revisions: answers.list(['backend-00018', 'backend-00017']),
      })),
    watchFigures: (...[, options]) => answers.live(() => figuresAt(Date.now(), mood), options),
    keyUsage: () => answers.value(() => answers.list(sampleKeyUsage())),
  };
}

function stackGroup(answers: Answers): ConsoleClient['stack'] {
  const traffic = {
    on: !answers.isEmpty,
    requestsPerSecond: 20,
    sent: 1_240,
    failed: 0,
    lastFailure: null,
  };
  return {
    watch: (...[, options]) => answers.live(() => stackStatus(answers.scenario), options),
    ensure: () => answers.value(() => ({ operationIds: [] })),
    test: () =>
      answers.value(() => [
        {
          method: 'GET',
          requestBody: null,
          url: 'http://127.0.0.1:8081/api/health',
          status: 200,
          elapsedMs: 3.2,
          revision: 'gateway-00042',
          body: '{"status":"ok"}',
          error: null,
        },
        {
          method: 'GET',
          requestBody: null,
          url: 'http://127.0.0.1:8081/api/v1/omni/summary',
          status: 200,
          elapsedMs: 41.9,
          revision: 'gateway-00042',
          body: '{"documents":12,"model":"all-minilm-l6-v2"}',
          error: null,
        },
      ]),
    watchSampleTraffic: (...[, options]) => answers.live(() => traffic, options),
    setSampleTraffic: (wanted) => answers.value(() => ({ ...traffic, ...wanted })),
  };
}

function deploymentsGroup(answers: Answers): ConsoleClient['deployments'] {
  const started = (): Promise<{ operationId: string }> =>
    answers.value(() => ({ operationId: 'op-run-gateway' }));
  return {
    listServices: () => answers.value(() => answers.list(sampleServices())),
    listRevisions: ({ service }) =>
      answers.value(() => answers.list(sampleRevisions(service, Date.now()))),
    listDomains: () => answers.value(() => null),
    planDeploy: ({ service }) => answers.value(() => samplePlan('deploy', service)),
    planRollBack: ({ service }) => answers.value(() => samplePlan('roll_back', service)),
    planTraffic: ({ service }) => answers.value(() => samplePlan('set_traffic', service)),
    planResumeLatest: ({ service }) => answers.value(() => samplePlan('resume_latest', service)),
    deploy: started,
    rollBack: started,
    resumeLatest: started,
    undoRollBack: started,
  };
}

function operationsGroup(answers: Answers): ConsoleClient['operations'] {
  const find = (id: string): Operation =>
    operationsOf(answers).find((operation) => operation.id === id) ?? runningDeploy(Date.now());
  return {
    list: () => answers.value(() => operationsOf(answers)),
    watchAll: (...[, options]) => answers.live(() => operationsOf(answers), options),
    watch: ({ id }, options) => answers.live(() => find(id), options),
    cancel: ({ id }) => answers.value(() => ({ ...find(id), state: 'cancelling' as const })),
  };
}

function keysGroup(answers: Answers): ConsoleClient['keys'] {
  const first = (): ReturnType<typeof sampleKeys>[number] => {
    const [key] = sampleKeys(Date.now());
    if (key === undefined) throw new Error('The sample has no keys.');
    return key;
  };
  return {
    list: () => answers.value(() => answers.list(sampleKeys(Date.now()))),
    create: ({ name }) =>
      answers.value(() => ({
        key: { ...first(), name },
        secret: 'omni_live_5fJ2mYk8Qw3nRt6vZx9bLc4dPg7hSa1q7Zd',
      })),
    revoke: () =>
      answers.value(() => ({ key: { ...first(), revokedAt: new Date().toISOString() } })),
  };
}

function recordGroups(answers: Answers): Pick<ConsoleClient, 'audit' | 'settings'> {
  return {
    audit: {
      list: ({ limit }) =>
        answers.value(() => answers.list(sampleAudit(Date.now())).slice(0, limit)),
      verify: () =>
        answers.value(() => ({ entries: 6, brokenAt: null, problem: null, sealedFrom: 1 })),
      export: ({ format }) =>
        answers.value(() => ({ file: `~/.omni-console/exports/audit.${format}`, entries: 6 })),
    },
    settings: {
      read: () =>
        answers.value(() => ({ settings, stateFolder: '~/.omni-console', warning: null })),
      setTheme: ({ theme }) => answers.value(() => ({ ...settings, theme })),
      about: () =>
        answers.value(() => ({
          version: '0.1.0',
          runtimes: [
            { name: 'Electron', version: '45.5.0' },
            { name: 'Node', version: '24.21.0' },
          ],
        })),
    },
  };
}

/** A client without a main behind it, that answers as the scenario says. */
export function createFakeClient(
  scenario: Scenario = 'full',
  overrides: FakeOverrides = {},
): ConsoleClient {
  const answers = new Answers(scenario);
  const whole: ConsoleClient = {
    health: healthGroup(answers),
    metrics: metricsGroup(answers),
    stack: stackGroup(answers),
    deployments: deploymentsGroup(answers),
    cost: {
      estimate: () =>
        answers.value(() => ({ ...sampleCost(), services: answers.list(sampleCost().services) })),
    },
    operations: operationsGroup(answers),
    keys: keysGroup(answers),
    ...rolloutGroups(answers),
    ...recordGroups(answers),
    ...targetGroups(answers),
  };
  return {
    health: { ...whole.health, ...overrides.health },
    metrics: { ...whole.metrics, ...overrides.metrics },
    stack: { ...whole.stack, ...overrides.stack },
    cost: { ...whole.cost, ...overrides.cost },
    deployments: { ...whole.deployments, ...overrides.deployments },
    operations: { ...whole.operations, ...overrides.operations },
    canary: { ...whole.canary, ...overrides.canary },
    releases: { ...whole.releases, ...overrides.releases },
    traffic: { ...whole.traffic, ...overrides.traffic },
    upstream: { ...whole.upstream, ...overrides.upstream },
    keys: { ...whole.keys, ...overrides.keys },
    audit: { ...whole.audit, ...overrides.audit },
    safety: { ...whole.safety, ...overrides.safety },
    settings: { ...whole.settings, ...overrides.settings },
    targets: { ...whole.targets, ...overrides.targets },
  };
}
