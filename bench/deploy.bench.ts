import type { Operation, StageId } from '../desktop/shared/domain/operation.ts';
import { withClient } from '../e2e/fixtures/node-host-client.ts';
import type { ConsoleClient } from '../e2e/fixtures/console-client.ts';
import { startLocalStack } from '../e2e/fixtures/local-stack.ts';
import { figure } from './budgets.ts';
import { finished, untilReady } from '../e2e/fixtures/deployed-stack.ts';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';
import type { BenchOptions } from './subject.ts';

const COMMAND = 'npm run bench -- deploy';

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
  const deploy = await client.deployments.deploy({ service: 'gateway', build: true, env });
  const deployed = await finished(client, deploy.operationId);
  const revision = deployed.result?.previousRevision;
  if (revision === null || revision === undefined)
    throw new Error('there is nothing to roll back to');
  const back = await client.deployments.rollBack({ service: 'gateway', revision });
  return [deployed, await finished(client, back.operationId)];
}

async function measure(client: ConsoleClient, rounds: number): Promise<readonly Figure[]> {
  await untilReady(client);
  await deployAndRollBack(client, 0);
  const deploys: number[] = [];
  const shifts: number[] = [];
  const verified: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const [deployed, back] = await deployAndRollBack(client, round);
    if (deployed === undefined || back === undefined) continue;
    deploys.push(deployed.result?.elapsedMs ?? Number.NaN);
    shifts.push(stageMs(back, 'traffic'));
    verified.push(back.result?.elapsedMs ?? Number.NaN);
  }
  const shared = { samples: rounds, command: COMMAND };
  const peers = { 'click to verified ms': median(verified) };
  return [
    figure('deploy.warm_ms', { ...shared, value: median(deploys) }),
    figure('rollback.api_ms', { ...shared, value: median(shifts), peers }),
  ];
}

/** A deploy of a changed gateway and its rollback, by the same calls that the screens make. */
export async function measureDeploy(options: BenchOptions): Promise<readonly Figure[]> {
  const stack = await startLocalStack();
  try {
    return await withClient(stack.state, (client) => measure(client, options.smoke ? 2 : 11));
  } finally {
    await stack.stop();
  }
}
