import type { Operation, StageId } from '../desktop/shared/domain/operation.ts';
import { withClient } from '../e2e/fixtures/node-host-client.ts';
import type { ConsoleClient } from '../e2e/fixtures/console-client.ts';
import { startLocalStack } from '../e2e/fixtures/local-stack.ts';
import { LOCAL_SECRETS } from '@omni/contracts/local-cloud.ts';
import { figure } from './budgets.ts';
import { startSteadyRate } from './deploy/steady-rate.ts';
import { finished, untilReady } from '../e2e/fixtures/deployed-stack.ts';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';
import type { BenchOptions } from './subject.ts';

const COMMAND = 'npm run bench -- local-cloud';
/** What the operator's callers ask for, and how often, while traffic moves. */
const PATH = '/api/v1/omni/summary';
const PER_SECOND = 200;

function stageMs(operation: Operation, id: StageId): number {
  const stage = operation.stages.find((entry) => entry.id === id);
  return (stage?.endedAt ?? Number.NaN) - (stage?.startedAt ?? Number.NaN);
}

/** One warm deploy (unchanged source, one changed variable) and the rollback of it. */
async function deployAndRollBack(
  client: ConsoleClient,
  round: number,
): Promise<readonly Operation[]> {
  const env = { LOG_LABEL: `round-${round}` };
  // The rollback of the round before pinned it.
  const order = { service: 'gateway', build: true, env, pinned: 'resume' } as const;
  const deploy = await client.deployments.deploy(order);
  const deployed = await finished(client, deploy.operationId);
  const revision = deployed.result?.previousRevision;
  if (revision === null || revision === undefined)
    throw new Error('there is nothing to roll back to');
  const back = await client.deployments.rollBack({ service: 'gateway', revision });
  return [deployed, await finished(client, back.operationId)];
}

interface Times {
  readonly deploys: number[];
  readonly shifts: number[];
  readonly verified: number[];
}

async function deployRounds(client: ConsoleClient, rounds: number): Promise<Times> {
  const times: Times = { deploys: [], shifts: [], verified: [] };
  for (let round = 1; round <= rounds; round += 1) {
    const [deployed, back] = await deployAndRollBack(client, round);
    if (deployed === undefined || back === undefined) continue;
    times.deploys.push(deployed.result?.elapsedMs ?? Number.NaN);
    times.shifts.push(stageMs(back, 'traffic'));
    times.verified.push(back.result?.elapsedMs ?? Number.NaN);
  }
  return times;
}

/** Quiet rounds tell how long it takes; rounds under load, whether anybody notices. */
async function measure(
  client: ConsoleClient,
  { rounds, key }: { rounds: number; key: string },
): Promise<readonly Figure[]> {
  await untilReady(client);
  await deployAndRollBack(client, 0);
  const quiet = await deployRounds(client, rounds);
  const url = await addressOf(client, 'gateway');
  const load = startSteadyRate(url, { path: PATH, key, perSecond: PER_SECOND });
  const busy = await deployRounds(client, rounds);
  const { requests, failures } = await load.stop();
  const shared = { samples: rounds, command: COMMAND };
  const underLoad = { samples: busy.verified.length, command: COMMAND };
  const note = failures.length === 0 ? {} : { note: [...new Set(failures)].join('; ') };
  return [
    figure('deploy.warm_ms', { ...shared, value: median(quiet.deploys) }),
    figure('rollback.api_ms', { ...shared, value: median(quiet.shifts) }),
    figure('rollback.verified_ms', {
      ...shared,
      value: median(quiet.verified),
      peers: { 'under load ms': median(busy.verified), 'requests/s': PER_SECOND },
    }),
    figure('rollback.requests', { ...underLoad, value: requests }),
    figure('rollback.failed_requests', { ...underLoad, value: failures.length, ...note }),
  ];
}

async function addressOf(client: ConsoleClient, service: string): Promise<string> {
  const found = (await client.deployments.listServices()).find(({ id }) => id === service);
  if (found === undefined) throw new Error(`there is no service ${service}`);
  return found.uri;
}

/** A deploy of a changed gateway and its rollback, by the same calls that the screens make. */
export async function measureDeploy(options: BenchOptions): Promise<readonly Figure[]> {
  const stack = await startLocalStack();
  try {
    return await withClient(stack.state, async (client) => {
      const key = await stack.secret(LOCAL_SECRETS.sampleTrafficKey);
      return await measure(client, { rounds: options.smoke ? 2 : 11, key });
    });
  } finally {
    await stack.stop();
  }
}
