import type { Core } from '../core.ts';

/** Versions of the console and of what it runs on. */
export function readAbout(core: Core): {
  version: string;
  runtimes: { name: string; version: string }[];
} {
  const { version, runtimes } = core.facts;
  return { version, runtimes: runtimes.map((runtime) => ({ ...runtime })) };
}
