/**
 * Runs inside an image while it is built: `node warm-up.mjs CACHE READY`. Starts the service that
 * lies beside this file as it will be started later, waits until READY answers 200, stops it. Node
 * leaves the compiled code in CACHE; a service that does not start or stop fails the build of its
 * image.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

const DEADLINE_MS = 60_000;
/** Nobody is behind it: the service must start without its neighbours. */
const NOBODY = 'http://127.0.0.1:9';
/** Some of what answers is only loaded when it is asked for. */
const MORE_PATHS = ['/metrics', '/api/health', '/api/docs', '/admin/v1/keys'];

const port = String(await freePort());
const [cache = 'compile-cache', ready = '/health'] = process.argv.slice(2);
const service = spawn(process.execPath, ['server.mjs'], {
  cwd: import.meta.dirname,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: {
    ...process.env,
    NODE_COMPILE_CACHE: path.resolve(cache),
    HOST: '127.0.0.1',
    PORT: port,
    UPSTREAM_URL: NOBODY,
    API_KEYS: 'only-while-the-image-is-built',
    ADMIN_TOKEN: 'only-while-the-image-is-built',
  },
});
/** @type {Promise<number>} */
const ended = new Promise((resolve) => {
  service.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
});
process.once('exit', () => service.kill('SIGKILL'));

/** @returns {Promise<number>} */
async function freePort() {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/**
 * @param {string} route
 * @returns {Promise<number>} the status, 0 when nobody answers
 */
function ask(route) {
  return new Promise((resolve) => {
    const headers = { authorization: 'Bearer only-while-the-image-is-built' };
    const request = http.get({ host: '127.0.0.1', port, path: route, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    request.once('error', () => resolve(0));
  });
}

const deadline = performance.now() + DEADLINE_MS;
while ((await ask(ready)) !== 200) {
  if (service.exitCode !== null || performance.now() > deadline) {
    throw new Error(`The service does not answer ${ready} with 200.`);
  }
  await pause(20);
}
for (const route of MORE_PATHS) console.log(`${route} ${await ask(route)}`);
service.kill('SIGTERM');
const code = await ended;
// Written for its owner alone, read by whoever runs the image.
for (const name of fs.readdirSync(cache, { recursive: true, encoding: 'utf8' })) {
  const entry = path.join(cache, name);
  fs.chmodSync(entry, fs.statSync(entry).isDirectory() ? 0o755 : 0o644);
}
console.log(`stopped, exit ${code}`);
process.exitCode = code;
