import path from 'node:path';
import process from 'node:process';
import { projectRoot } from '../bootstrap/places.mjs';

/** A mostly idle process keeps little garbage: 15 MB less, at no cost that could be measured. */
const SMALL_HEAP = '--max-semi-space-size=2';

/** How the local cloud of a state folder is started: on the project's Node, from source. */
export function localCloudCommand(folder: string): string[] {
  const server = path.join(projectRoot, 'services', 'local-cloud', 'src', 'server.mjs');
  const sources = path.join(projectRoot, 'services');
  return [
    process.execPath,
    SMALL_HEAP,
    server,
    '--state',
    folder,
    '--sources',
    sources,
    '--exit-with-parent',
  ];
}
