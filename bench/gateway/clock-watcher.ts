/**
 * `clock-watcher.ts SECONDS`: looks at the clock, does nothing else, and prints as a JSON number how
 * many milliseconds per second it missed. What runs in its place is stopped as long.
 */
const STOP_MS = 0.15;
const seconds = Number(process.argv[2]);
const end = performance.now() + seconds * 1_000;
let last = performance.now();
let missedMs = 0;
while (last < end) {
  const now = performance.now();
  if (now - last > STOP_MS) missedMs += now - last;
  last = now;
}
process.stdout.write(JSON.stringify(missedMs / seconds));
