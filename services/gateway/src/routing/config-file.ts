import { readFileSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import type { ConfigProblem } from './check-document.ts';

/** Editors write in several steps: the file is read when it has been quiet this long. */
const QUIET_MS = 100;

export type ReadDocument = { ok: true; input: unknown } | { ok: false; problems: ConfigProblem[] };

/** Reads a JSON document; what is wrong is told without its content. */
export function readConfigFile(path: string): ReadDocument {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { ok: false, problems: [{ field: '(file)', reason: `can't be read: ${code}` }] };
  }
  try {
    return { ok: true, input: JSON.parse(text) as unknown };
  } catch (error) {
    // V8's message would quote the file.
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const where =
      at === undefined ? '' : ` at line ${text.slice(0, Number(at)).split('\n').length}`;
    return { ok: false, problems: [{ field: '(file)', reason: `is not valid JSON${where}` }] };
  }
}

/**
 * Calls back when the file may have changed. Its folder is watched, not the file: editors and
 * Kubernetes replace the file (or a link on the way to it) instead of writing into it. Where nothing
 * can be watched, SIGHUP still works.
 */
export function watchConfigFile(path: string, changed: () => void): { stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS).unref();
  };
  try {
    watcher = watch(dirname(path), { persistent: false }, soon);
    // The folder is gone: nothing to watch, and the configuration in force stays.
    watcher.on('error', () => watcher?.close());
  } catch {
    // No folder or no watches left: see above.
  }
  process.on('SIGHUP', soon);
  return {
    stop() {
      clearTimeout(timer);
      watcher?.close();
      process.off('SIGHUP', soon);
    },
  };
}
