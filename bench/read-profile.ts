/**
 * `node bench/read-profile.ts FILE.cpuprofile`: where a process spent its processor time, by area.
 * Made with `node --cpu-prof --cpu-prof-dir=DIR services/gateway/src/server.ts` under load; from the
 * sources, because in a bundle every function is of the same file.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const profile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type Frame = z.infer<typeof profile>['nodes'][number]['callFrame'];

/** What is not JavaScript, by the names that V8 gives. */
const NATIVE: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'native: system calls, libuv, C++'],
  ['(idle)', 'idle'],
  ['(root)', 'idle'],
]);

/** Node's own modules, by the first that matches. */
const NODE_AREAS: readonly (readonly [RegExp, string])[] = [
  [/_http_(server|common|incoming)|internal\/http/, 'node:http, requests'],
  [/_http_outgoing/, 'node:http, answers'],
  [/net|stream_base|dns/, 'node:net'],
  [/streams?\//, 'node:stream'],
  [/timers/, 'node timers'],
  [/crypto/, 'node:crypto'],
  [/events|process\/task_queues|async_hooks/, 'node events and ticks'],
];

function areaOf({ functionName, url }: Frame): string {
  const native = NATIVE.get(functionName);
  if (native !== undefined) return native;
  const own = /services\/(gateway\/src\/(?:[a-z0-9-]+\/)?|kit\/)/.exec(url)?.[1];
  if (own !== undefined) return own.replace('gateway/', '').replace(/\/$/, '');
  const vendor = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (vendor !== undefined) return vendor;
  if (url === '') return 'native: called from JavaScript';
  return NODE_AREAS.find(([pattern]) => pattern.test(url))?.[1] ?? 'node, others';
}

function main(file: string): void {
  const { nodes, samples, timeDeltas } = profile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byArea = new Map<string, number>();
  const byFunction = new Map<string, number>();
  let busy = 0;
  for (const [at, id] of samples.entries()) {
    const frame = frames.get(id);
    const us = timeDeltas[at] ?? 0;
    const area = frame === undefined ? 'idle' : areaOf(frame);
    if (area === 'idle' || frame === undefined) continue;
    busy += us;
    byArea.set(area, (byArea.get(area) ?? 0) + us);
    const name = `${frame.functionName || '(anonymous)'} [${area}]`;
    byFunction.set(name, (byFunction.get(name) ?? 0) + us);
  }
  print('area', byArea, { busy, rows: 40 });
  print('function', byFunction, { busy, rows: 25 });
}

function print(
  title: string,
  times: ReadonlyMap<string, number>,
  { busy, rows }: { busy: number; rows: number },
): void {
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, rows);
  process.stdout.write(`\n${title.padEnd(48)} self\n`);
  for (const [name, us] of sorted) {
    process.stdout.write(`${name.padEnd(48)} ${((us / busy) * 100).toFixed(1)} %\n`);
  }
}

const [, , file] = process.argv;
if (file === undefined) throw new Error('Usage: node bench/read-profile.ts FILE.cpuprofile');
main(file);
