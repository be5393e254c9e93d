/** Prints how long a list of 1,000 revisions takes: `node services/local-cloud/test-kit/measure-list.ts`. */
import { nameOf } from './deploy.ts';
import { makeFolders, removeFolders, startHarness } from './local-cloud-harness.ts';
import { seedRevisions } from './seed-revisions.ts';

const ROUNDS = 30;
const WARM_UP = 3;

const folders = makeFolders();
await seedRevisions(folders.stateDir, 'shop', 1000);
const harness = await startHarness(folders);
const { revisions, options } = harness.clients;
const times: number[] = [];
for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
  const began = performance.now();
  const request = { parent: nameOf('shop'), pageSize: 1000 };
  const [page] = await revisions.listRevisions(request, { ...options, autoPaginate: false });
  if (page.length !== 1000) throw new Error(`${page.length} revisions`);
  if (round >= WARM_UP) times.push(performance.now() - began);
}
times.sort((a, b) => a - b);
const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
console.log(`list of 1,000 revisions, client included: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
await harness.stop();
removeFolders(folders);
