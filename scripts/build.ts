import { buildConsole } from './build/build-console.ts';

/** `npm run build`: page, main and preload, made anew. */
export async function main(): Promise<number> {
  await buildConsole({ force: true });
  return 0;
}
