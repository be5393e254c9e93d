import path from 'node:path';
import process from 'node:process';
import { projectRoot } from '../bootstrap/places.mjs';

/** How the local cloud of a state folder is started: on the project's Node, from source. */
export function localCloudCommand(folder: string): string[] {
  const server = path.join(projectRoot, 'services', 'local-cloud', 'src', 'server.ts');
  const sources = path.join(projectRoot, 'services');
  return [process.execPath, server, '--state', folder, '--sources', sources, '--exit-with-parent'];
}
