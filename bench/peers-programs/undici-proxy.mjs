// Plain JavaScript: the peer must not pay for stripping types.
/**
 * The bare peer of the same make: node:http in front, undici's Pool.dispatch behind, and nothing
 * else: no keys, no limits, no metrics, no logs, no cleaning of headers.
 */
import { createServer } from 'node:http';
import { Pool } from 'undici';

const pool = new Pool(process.env['UPSTREAM'] ?? '', { connections: 128, pipelining: 1 });

createServer((request, response) => {
  /** @type {Buffer | undefined} A small answer comes in one piece and leaves in one write. */
  let held;
  const hasBody = request.headers['content-length'] !== undefined;
  pool.dispatch(
    {
      method: /** @type {'GET'} */ (request.method),
      path: request.url ?? '/',
      headers: ['accept', '*/*'],
      body: hasBody ? request : null,
    },
    {
      onRequestStart() {},
      onResponseStart(controller, status) {
        const pairs = /** @type {Buffer[]} */ (controller.rawHeaders);
        response.writeHead(
          status,
          pairs.map((item) => item.toString('latin1')),
        );
      },
      onResponseData(_controller, chunk) {
        if (held !== undefined) response.write(held);
        held = chunk;
      },
      onResponseEnd() {
        response.end(held);
      },
      onResponseError() {
        response.destroy();
      },
    },
  );
}).listen(Number(process.env['PORT']), '127.0.0.1');

process.stdin.on('end', () => process.exit(0)).resume();
