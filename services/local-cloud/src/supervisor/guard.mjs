/**
 * Loaded into every instance before its own code (`--import`): ends the process when local-cloud is
 * gone, however it went. Standard input is a pipe that only local-cloud holds, so its end is the
 * first sign; the parent's pid is the second, in case something else inherited the pipe.
 *
 * Plain JavaScript: stripping types would add some 60 ms to the start of every instance.
 */
import { setInterval } from 'node:timers';

const CHECK_MS = 500;
const parent = process.ppid;

function leave() {
  process.kill(process.pid, 'SIGKILL');
}

process.stdin.on('end', leave);
process.stdin.on('error', leave);
process.stdin.resume();
// The pipe must not keep a finished program alive.
process.stdin.unref?.();
setInterval(() => {
  if (process.ppid !== parent) leave();
}, CHECK_MS).unref();
