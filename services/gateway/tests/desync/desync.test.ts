import http from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigDocumentInput } from '../../src/routing/config-document.ts';
import { startGateway } from '../../src/test-rig.ts';
import type { TestGateway } from '../../src/test-rig.ts';
import { ConfigFolder } from '../fuzz/fuzz-config.ts';
import { makeInput } from '../fuzz/inputs.ts';
import type { FuzzInput, Subject } from '../fuzz/inputs.ts';
import { intentOf, Ledger, PRINCIPAL_SECRET } from '../fuzz/ledger.ts';
import { FUZZ_KEYS } from '../fuzz/request-parts.ts';
import { okAnswer, startRawUpstream } from '../raw-upstream.ts';
import type { RawUpstream } from '../raw-upstream.ts';
import type { StrictMessage } from '../strict-http.ts';
import { listen, OTHER_SERVERS } from './other-servers.ts';
import type { OtherServer } from './other-servers.ts';
import { startTap } from './tap.ts';

/**
 * Other servers before and behind the gateway, kept connections between all of them: what the one in
 * front wrote, read to the letter, is what arrives; and what the gateway wrote means to the one
 * behind what it means to the letter. Inputs that never become requests prove nothing, so some must.
 */
const SLOW = 120_000;
const SEED = 20_260;
const SUBJECTS: readonly Subject[] = ['http', 'chunks', 'headers'];
const INPUTS = 90;
/** Without a byte for so long, the connection has said what it says. */
const QUIET_MS = 250;
const AT_LEAST = 5;

const folder = new ConfigFolder();
const ledger = new Ledger(2);
const findings: string[] = [];
const stops: (() => Promise<void>)[] = [];
let upstream: RawUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startRawUpstream({
    onRequest(request) {
      arrived(request);
      return { bytes: okAnswer('ok') };
    },
    onViolation: (what, bytes) => findings.push(`${what}: ${bytes.toString('latin1')}`),
  });
  stops.push(upstream.stop);
  const behind: [string, string][] = [['f', upstream.url]];
  for (const kind of OTHER_SERVERS.filter(({ missing }) => missing() === undefined)) {
    const { port, stop } =
      kind.name === 'node:http' ? await startReader() : await kind.start(portOf(upstream.url));
    stops.push(stop);
    behind.push([kind.letter, `http://127.0.0.1:${port}`]);
  }
  gateway = await startGateway({
    ...folder.write(routesTo(behind)),
    API_KEYS: FUZZ_KEYS.join(','),
    PRINCIPAL_SECRET,
  });
  stops.push(gateway.stop);
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
  folder.remove();
});

const portOf = (url: string): number => Number(new URL(url).port);

function arrived(request: StrictMessage): void {
  const finding = ledger.arrived(request);
  if (finding !== null) findings.push(`${finding}: ${request.start.join(' ')}`);
}

/** An open circuit would hide the rest. */
function routesTo(upstreams: readonly (readonly [string, string])[]): ConfigDocumentInput {
  const breaker = { errorPercent: 100, minRequests: 100_000 };
  return {
    format: 1,
    upstreams: Object.fromEntries(
      upstreams.map(([letter, url]) => [letter, { targets: [{ url }], breaker }]),
    ),
    routes: upstreams.map(([letter]) => ({
      ...{ id: letter, pathPrefix: `/${letter}`, upstream: letter },
      timeouts: { headMs: 2_000, idleMs: 2_000, totalMs: 10_000 },
    })),
  };
}

/** node:http as the one that is behind: what it takes a request for. */
async function startReader(): Promise<OtherServer> {
  const server = http.createServer((request, response) => {
    const { method = '', url = '', rawHeaders } = request;
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.once('end', () => {
      const names = rawHeaders.filter((_text, at) => at % 2 === 0);
      const headers = names.map(
        (name, at) => [name.toLowerCase(), rawHeaders[2 * at + 1] ?? ''] as const,
      );
      const isProbe = request.headers['user-agent'] === 'omni-gateway-probe';
      const start = [method, url, 'HTTP/1.1'] as const;
      if (!isProbe) arrived({ start, headers, body: Buffer.concat(pieces), trailers: [], end: 0 });
      response.end('ok');
    });
  });
  return {
    port: await listen(server),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function inputs(letter: string, from: number): FuzzInput[] {
  return Array.from({ length: INPUTS }, (_each, at) => {
    const subject = SUBJECTS[at % SUBJECTS.length];
    const input = makeInput({ seed: SEED, subject }, from + at);
    const text = input.bytes.toString('latin1').replaceAll('/f/', `/${letter}/`);
    return { ...input, bytes: Buffer.from(text, 'latin1') };
  });
}

/** Sends the bytes, and waits until so many answers are there, or nothing more comes. */
function send(port: number, bytes: Buffer, wanted: number): Promise<void> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(QUIET_MS, () => socket.destroy());
    socket.on('data', (piece) => {
      received += piece.toString('latin1');
      const finals = received.match(/HTTP\/1\.1 [2-5]\d\d /g)?.length ?? 0;
      if (finals >= wanted && wanted > 0) socket.destroy();
    });
    // Resets are answers here.
    socket.on('error', () => undefined);
    socket.once('end', () => socket.destroy());
    socket.once('close', () => resolve());
  });
}

describe.each(OTHER_SERVERS)('$name', (kind) => {
  const missing = kind.missing();
  if (missing !== undefined)
    process.stdout.write(`Skipped, desync with ${kind.name}: ${missing}\n`);
  const first = OTHER_SERVERS.indexOf(kind) * 10_000;

  it.skipIf(missing !== undefined)(
    'behind the gateway takes every request for the one that it is',
    { timeout: SLOW },
    async () => {
      const before = ledger.admitted;
      const intents = inputs(kind.letter, first).map(intentOf);
      for (const intent of intents) ledger.open(intent);
      await Promise.all(
        intents.map(({ input, requests }) => send(gateway.port, input.bytes, requests.length)),
      );
      await expect.poll(() => ledger.admitted - before).toBeGreaterThanOrEqual(AT_LEAST);
      expect(findings.splice(0)).toEqual([]);
    },
  );

  it.skipIf(missing !== undefined)(
    'in front of the gateway: nothing arrives but what it wrote, each once',
    { timeout: SLOW },
    async () => {
      const before = ledger.admitted;
      const tap = await startTap(gateway.port, (request) =>
        ledger.open({
          input: { index: 0, subject: 'http', bytes: Buffer.alloc(0) },
          requests: [request],
          rest: 0,
        }),
      );
      const front = await kind.start(tap.port);
      stops.push(tap.stop, front.stop);
      const intents = inputs('f', first + 5_000).map(intentOf);
      await Promise.all(
        intents.map(({ input, requests }) => send(front.port, input.bytes, requests.length)),
      );
      await expect.poll(() => ledger.admitted - before).toBeGreaterThanOrEqual(AT_LEAST);
      expect(findings.splice(0)).toEqual([]);
    },
  );
});
