/** Folders in which the tiny service is built already: the build happens once for all of a file's cases. */
import fs from 'node:fs';
import { build } from './deploy.ts';
import { makeFolders, removeFolders, startHarness } from './local-cloud-harness.ts';

type Folders = ReturnType<typeof makeFolders>;

/** Builds once; every `make` is a copy of the state as a clean stop left it. */
export async function buildOnce(): Promise<{ make: () => Folders; remove: () => void }> {
  const first = makeFolders();
  const harness = await startHarness(first);
  await build(harness, 'tiny');
  await harness.stop();
  return {
    make: () => {
      const copy = makeFolders();
      fs.cpSync(first.stateDir, copy.stateDir, { recursive: true });
      return copy;
    },
    remove: () => {
      removeFolders(first);
    },
  };
}
