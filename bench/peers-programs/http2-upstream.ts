import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import http2 from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Http1Client } from '../../services/gateway/src/http1/http1-client.ts';

/**
 * Would HTTP/2 make the gateway's upstream leg cheaper? CPU of the client's process per request, for
 * the gateway's own HTTP/1.1 client and for node:http2, against the same small answer, interleaved.
 *
 *     node bench/peers-programs/http2-upstream.ts
 */
const REQUESTS = 20_000;
const CONCURRENT = 64;
const ROUNDS = 5;
const BODY = JSON.stringify({ status: 'ok', items: Array.from({ length: 12 }, (_, id) => id) });

/** A few headers as the gateway sends them. */
const HEADERS = [
  ['user-agent', 'bench'],
  ['accept', '*/*'],
  ['via', '1.1 omni-gateway'],
  ['x-request-id', '0f8fad5b-d9cb-469f-a165-70867728950e'],
  ['x-forwarded-for', '203.0.113.9'],
  ['x-forwarded-proto', 'https'],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'],
] as const;

type Send = () => Promise<void>;

async function serve(): Promise<void> {
  const listen = (server: Server): Promise<number> =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  const type = { 'content-type': 'application/json', 'content-length': BODY.length };
  const one = createServer((_request, response) => response.writeHead(200, type).end(BODY));
  const two = http2.createServer((_request, response) => response.writeHead(200, type).end(BODY));
  process.send?.([await listen(one), await listen(two)]);
  process.once('disconnect', () => process.exit());
}

function overHttp1(port: number): Send {
  const client = new Http1Client(`http://127.0.0.1:${port}`);
  const headers = ['host', `127.0.0.1:${port}`, ...HEADERS.flat()];
  return () =>
    new Promise((resolve, reject) => {
      client.send(
        {
          ...{ method: 'GET', path: '/x', headers, body: null, bodyLength: undefined },
          ...{ headTimeoutMs: 10_000, idleTimeoutMs: 10_000, totalTimeoutMs: 0 },
        },
        {
          onInformational: () => undefined,
          onHead: () => undefined,
          onData: () => true,
          onReadEnd: () => undefined,
          onEnd: () => resolve(),
          onError: reject,
        },
      );
    });
}

function overHttp2(port: number, sessions: number): Send {
  const open: ClientHttp2Session[] = Array.from({ length: sessions }, () =>
    http2.connect(`http://127.0.0.1:${port}`),
  );
  const headers = { ':path': '/x', ...Object.fromEntries(HEADERS) };
  let next = 0;
  return () =>
    new Promise((resolve, reject) => {
      const session = open[(next += 1) % open.length];
      const stream = session?.request(headers);
      stream?.on('data', () => undefined);
      stream?.once('end', () => resolve());
      stream?.once('error', reject);
    });
}

/** CPU time of this process in microseconds per request. */
async function costOf(send: Send): Promise<number> {
  const before = process.cpuUsage();
  const worker = async (): Promise<void> => {
    for (let i = 0; i < REQUESTS / CONCURRENT; i += 1) await send();
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

async function measure(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['serve']);
  const [one, two] = await new Promise<[number, number]>((resolve) => {
    child.once('message', (ports) => resolve(ports as [number, number]));
  });
  const candidates: [string, Send][] = [
    ['own HTTP/1.1 client', overHttp1(one)],
    ['node:http2, 1 session', overHttp2(two, 1)],
    ['node:http2, 4 sessions', overHttp2(two, 4)],
  ];
  const costs = new Map<string, number[]>(candidates.map(([name]) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, send] of candidates) {
      const cost = await costOf(send);
      if (round > 0) costs.get(name)?.push(cost);
    }
  }
  for (const [name, all] of costs) {
    const median = all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
    process.stdout.write(`${name.padEnd(26)} ${median.toFixed(1)} us of CPU per request\n`);
  }
  child.disconnect();
  process.exit();
}

await (process.argv[2] === 'serve' ? serve() : measure());
