import { nameOf } from '../../services/local-cloud/test-kit/deploy.ts';
import {
  makeFolders,
  removeFolders,
  startHarness,
} from '../../services/local-cloud/test-kit/local-cloud-harness.ts';
import { seedRevisions } from '../../services/local-cloud/test-kit/seed-revisions.ts';
import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import { median } from '../figure.ts';

const REVISIONS = 1000;
const WARM_UP = 3;

/** A list of 1,000 revisions as the official client gets it, its own work included. */
export async function measureRevisionList(rounds: number, command: string): Promise<Figure> {
  const folders = makeFolders();
  await seedRevisions(folders.stateDir, 'shop', REVISIONS);
  const { clients, stop } = await startHarness(folders);
  try {
    const options = { ...clients.options, autoPaginate: false };
    const times: number[] = [];
    for (let round = -WARM_UP; round < rounds; round += 1) {
      const began = performance.now();
      const request = { parent: nameOf('shop'), pageSize: REVISIONS };
      const [page] = await clients.revisions.listRevisions(request, options);
      if (page.length !== REVISIONS) throw new Error(`the list has ${page.length} revisions`);
      if (round >= 0) times.push(performance.now() - began);
    }
    const value = median(times);
    return figure('local_cloud.list_1000_ms', { value, samples: rounds, command });
  } finally {
    await stop();
    removeFolders(folders);
  }
}
