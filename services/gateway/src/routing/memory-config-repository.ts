import { ConfigChangeError } from './config-repository.ts';
import type { ConfigRepository, ConfigVersion } from './config-repository.ts';

/** Enough to go back to; a file that changes every second must not grow the process. */
const KEPT = 100;

/** Versions of a gateway without a database: they end with the process. */
export function createMemoryConfigRepository(): ConfigRepository {
  const versions: ConfigVersion[] = [];
  let last = 0;
  return {
    newest: () => Promise.resolve(versions.at(-1) ?? null),
    read: (version) => Promise.resolve(versions.find((each) => each.version === version) ?? null),
    list: (limit) => Promise.resolve(versions.slice(-limit).reverse()),
    append: ({ document, actor, comment, after }) => {
      if (after !== undefined && after !== last) {
        const message = `The newest version is ${last}, not ${after}`;
        return Promise.reject(new ConfigChangeError('config_conflict', message));
      }
      last += 1;
      const version = { version: last, document, actor, comment, at: new Date() };
      versions.push(version);
      if (versions.length > KEPT) versions.shift();
      return Promise.resolve(version);
    },
    close: () => Promise.resolve(),
  };
}
