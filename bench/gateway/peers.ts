import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Child } from '../child.ts';
import { freePort, untilAnswers } from '../child.ts';
import { findProgram } from '../peers.ts';
import type { Stage } from './stage.ts';
import { AROUND, UNDER_TEST } from './stage.ts';

const PROGRAMS = join(import.meta.dirname, '../peers-programs');
const JSON_BODY = '{"status":"ok","message":"a small answer of about one hundred bytes","n":1}';

/** Something that answers requests, pinned to the processor under test. */
export interface Candidate {
  readonly name: string;
  readonly url: string;
  readonly child: Child;
}

/** The upstream that all proxies stand in front of: nginx where it is there, else node:http. */
export async function startUpstream(stage: Stage): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = `server { listen 127.0.0.1:${port}; default_type application/json; location / { return 200 '${JSON_BODY}'; } }`;
  const nginx = await startNginx(stage, { name: 'upstream', cpu: AROUND, server });
  if (nginx === null) startProgram(stage, { file: 'bare-http.mjs', port, cpu: AROUND });
  await untilAnswers(url, 5_000);
  return url;
}

/** Every peer that is installed, all in front of the same upstream. */
export async function startPeers(stage: Stage, upstream: string): Promise<readonly Candidate[]> {
  const started = [
    await startNginxProxy(stage, upstream),
    await startHaproxy(stage, upstream),
    await startNodePeer(stage, { name: 'undici proxy', file: 'undici-proxy.mjs', upstream }),
    await startNodePeer(stage, {
      name: '@fastify/http-proxy',
      file: 'fastify-proxy.mjs',
      upstream,
    }),
    await startNodePeer(stage, { name: 'node:http', file: 'bare-http.mjs', upstream }),
  ];
  const candidates = started.filter((candidate) => candidate !== null);
  for (const { url } of candidates) await untilAnswers(url, 5_000);
  return candidates;
}

async function startNginxProxy(stage: Stage, upstream: string): Promise<Candidate | null> {
  const port = await freePort();
  const child = await startNginx(stage, {
    name: 'proxy',
    cpu: UNDER_TEST,
    server: `upstream u { server ${upstream.slice('http://'.length)}; keepalive 64; keepalive_requests 100000000; }
      server { listen 127.0.0.1:${port}; location / { proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection ""; } }`,
  });
  return child === null ? null : { name: 'nginx', url: `http://127.0.0.1:${port}`, child };
}

async function startNginx(
  stage: Stage,
  { name, cpu, server }: { name: string; cpu: number; server: string },
): Promise<Child | null> {
  const nginx = await findProgram('nginx');
  if (nginx === null) return null;
  const { folder } = stage;
  const file = join(folder, `${name}.conf`);
  const config = `
worker_processes 1; daemon off; pid ${folder}/${name}.pid; error_log ${folder}/${name}.log;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
${server}
}`;
  await writeFile(file, config);
  return stage.start([nginx, '-c', file, '-p', folder], { cpu });
}

async function startHaproxy(stage: Stage, upstream: string): Promise<Candidate | null> {
  const haproxy = await findProgram('haproxy');
  if (haproxy === null) return null;
  const port = await freePort();
  const file = join(stage.folder, 'haproxy.cfg');
  const config = `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend f
  bind 127.0.0.1:${port}
  default_backend b
backend b
  server s ${upstream.slice('http://'.length)}
`;
  await writeFile(file, config);
  const child = stage.start([haproxy, '-db', '-q', '-f', file], { cpu: UNDER_TEST });
  return { name: 'haproxy', url: `http://127.0.0.1:${port}`, child };
}

async function startNodePeer(
  stage: Stage,
  { name, file, upstream }: { name: string; file: string; upstream: string },
): Promise<Candidate> {
  const port = await freePort();
  const child = startProgram(stage, { file, port, cpu: UNDER_TEST, upstream });
  return { name, url: `http://127.0.0.1:${port}`, child };
}

function startProgram(
  stage: Stage,
  { file, port, cpu, upstream }: { file: string; port: number; cpu: number; upstream?: string },
): Child {
  const env = { PORT: String(port), ...(upstream === undefined ? {} : { UPSTREAM: upstream }) };
  return stage.start([process.execPath, join(PROGRAMS, file)], { cpu, env });
}
