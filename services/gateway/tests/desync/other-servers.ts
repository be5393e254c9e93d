import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const STARTED_WITHIN_MS = 10_000;

/** Another reader of HTTP: it forwards what it is sent to one address. */
export interface OtherServer {
  port: number;
  stop: () => Promise<void>;
}

export interface OtherServerKind {
  readonly name: string;
  /** First segment of the paths that it is asked for behind the gateway. */
  readonly letter: string;
  /** Why it can't be started here; undefined when it can. */
  missing: () => string | undefined;
  /** In front of `target`, a port of this machine. */
  start: (target: number) => Promise<OtherServer>;
}

/** Written as operators write them: connections to the target are kept and shared. */
export const OTHER_SERVERS: readonly OtherServerKind[] = [
  { name: 'node:http', letter: 'o', missing: () => undefined, start: startNode },
  {
    name: 'nginx',
    letter: 'n',
    missing: () => whyMissing('nginx'),
    start: (target) =>
      startProgram((folder, port) => ({
        args: ['nginx', '-p', folder, '-c', 'server.conf'],
        config: nginxConfig(port, target),
      })),
  },
  {
    name: 'haproxy',
    letter: 'h',
    missing: () => whyMissing('haproxy'),
    start: (target) =>
      startProgram((folder, port) => ({
        args: ['haproxy', '-db', '-q', '-f', path.join(folder, 'server.conf')],
        config: haproxyConfig(port, target),
      })),
  },
];

const nginxConfig = (port: number, target: number): string => `
daemon off; master_process off; pid nginx.pid; error_log nginx.log;
events { worker_connections 1024; }
http {
  access_log off; underscores_in_headers on; ignore_invalid_headers off; client_body_temp_path .;
  proxy_temp_path .; fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .;
  upstream u { server 127.0.0.1:${target}; keepalive 4; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_request_buffering off; proxy_next_upstream off;
    }
  }
}`;

const haproxyConfig = (port: number, target: number): string => `
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
  http-reuse always
listen all
  bind 127.0.0.1:${port}
  server s 127.0.0.1:${target}
`;

/** Servers of a system stand in /usr/sbin, which ordinary users don't search. */
const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

function whyMissing(name: string): string | undefined {
  const found = spawnSync(name, ['-v'], { env: environment }).status === 0;
  return found ? undefined : `${name} is not installed (Debian: apt-get install ${name})`;
}

type Program = (folder: string, port: number) => { args: readonly string[]; config: string };

async function startProgram(program: Program): Promise<OtherServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-desync-'));
  const port = await freePort();
  const { args, config } = program(folder, port);
  writeFileSync(path.join(folder, 'server.conf'), config);
  const [file = '', ...rest] = [...guard(), ...args];
  const child = spawn(file, rest, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said = (said + piece.toString()).slice(-2_000)));
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const deadline = performance.now() + STARTED_WITHIN_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${args[0] ?? ''} did not start: ${said}`);
    }
  }
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** It must not outlive a test process that is killed, where that can be arranged. */
function guard(): readonly string[] {
  const command = { file: 'setpriv', args: ['--pdeathsig', 'KILL', '--'] };
  const works = spawnSync(command.file, [...command.args, 'true']).status === 0;
  return works ? [command.file, ...command.args] : [];
}

async function startNode(target: number): Promise<OtherServer> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  const server = http.createServer((request, response) => {
    const forwarded = http.request({
      ...{ agent, host: '127.0.0.1', port: target },
      ...{ method: request.method, path: request.url, headers: ownHop(request.headers) },
    });
    forwarded.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.once('error', () => response.destroy());
    response.once('close', () => forwarded.destroy());
    request.pipe(forwarded);
  });
  server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  return {
    port: await listen(server),
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const HOP_BY_HOP = new Set([
  ...['connection', 'expect', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'],
  ...['proxy-authorization', 'http2-settings'],
]);

/** The headers that a proxy passes on. */
function ownHop(headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (open: boolean): void => {
      socket.destroy();
      setTimeout(() => resolve(open), open ? 0 : 10);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listen(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Listens on loopback, on a port that is free. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
