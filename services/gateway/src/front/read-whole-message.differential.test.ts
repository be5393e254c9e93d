import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutatedOnce } from '../http1/testing/mutated.ts';
import { readWholeMessage } from './read-whole-message.ts';
import { readByNode } from './testing/read-by-node.ts';

const starts = fc.constantFrom(
  ...[
    'GET / HTTP/1.1',
    'GET /a?b=%20&c HTTP/1.1',
    'POST /v1/embeddings HTTP/1.1',
    'HEAD / HTTP/1.1',
  ],
  ...['OPTIONS /a HTTP/1.1', 'DELETE /a"b<c>{d}|e^f`g\\h HTTP/1.1', 'PUT //a HTTP/1.1'],
  ...['GET /a#b HTTP/1.1', 'GET / HTTP/1.0', 'PATCH /a?b?c HTTP/1.1', 'GET /\u0080 HTTP/1.1'],
);
const lines = fc.constantFrom(
  ...['Host: a', 'host:a', 'X-A: b', 'X-A:', 'x-a:\tb', 'X-B:  \u00e9\u00ff ', "!#$%&'*+.^_`|~: x"],
  ...['Connection: close', 'connection: Keep-Alive', 'Connection: close, keep-alive'],
  ...['Proxy-Connection: close', 'Keep-Alive: timeout=5', 'Content-Type: application/json'],
  ...['Content-Length: 5', 'content-length: 05', 'Content-Length: 5 ', 'Content-Length: 0'],
  ...['Content_Length: 3', 'Transfer-Encoding: chunked', 'TE: trailers', 'Expect: 100-continue'],
  ...['Upgrade: h2c', 'Trailer: x-a', 'Cookie: a=b; c=d', 'Authorization: Bearer a'],
);
const bodies = fc.constantFrom('', 'hello', 'hell', 'helloGET / HTTP/1.1\r\n\r\n', '0\r\n\r\n');
const requests = fc
  .tuple(starts, fc.array(lines, { maxLength: 5 }), bodies)
  .map(([start, fields, body]) => `${[start, ...fields].join('\r\n')}\r\n\r\n${body}`);

/** `PARSER_RUNS` for a longer search. */
const RUNS = Number(process.env['PARSER_RUNS'] ?? 2_000);

describe('beside node:http (llhttp)', () => {
  it('reads what it takes the same, to the same byte', async () => {
    let both = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(requests, mutatedOnce(requests)), async (text) => {
        const bytes = Buffer.from(text, 'latin1');
        const message = readWholeMessage(bytes, 0);
        if (typeof message === 'string') return;
        both += 1;
        const { method, target, rawHeaders, body, keepAlive, end } = message;
        // Node gets the very bytes: a request that it takes to be longer is an error, a shorter one two.
        expect(await readByNode(bytes.subarray(0, end))).toEqual([
          { method, target, rawHeaders, body: body?.toString('latin1') ?? '', keepAlive },
        ]);
      }),
      { numRuns: RUNS },
    );
    expect(both).toBeGreaterThan(RUNS / 8);
  });
});
