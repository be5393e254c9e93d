import { type ChildProcess, spawn } from 'node:child_process';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { projectRoot } from '../bootstrap/places.mjs';
import { eachLine, stop } from '../start/child.ts';

const graceMs = 5000;

/**
 * The console's Node host in development: started again by `node --watch` whenever main or shared
 * change. Each start has another port and token; this knows the newest.
 */
export class CurrentHost {
  readonly #child: ChildProcess;
  #url: URL | undefined;

  constructor(stateFolder: string) {
    const watched = ['main', 'shared'].map((room) => path.join(projectRoot, 'desktop', room));
    const headless = path.join(projectRoot, 'scripts', 'headless.ts');
    const args = [...watched.map((folder) => `--watch-path=${folder}`), headless];
    this.#child = spawn(process.execPath, ['--watch-preserve-output', ...args], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, OMNI_STATE_DIR: stateFolder, OMNI_EXIT_WITH_PARENT: '1' },
    });
    if (this.#child.stdout) eachLine(this.#child.stdout, (line) => this.#read(line));
  }

  get child(): ChildProcess {
    return this.#child;
  }

  async stop(): Promise<void> {
    await stop(this.#child, graceMs);
  }

  /** Passes one call of the page on, as if the host had served the page itself. */
  pass(from: IncomingMessage, to: ServerResponse): void {
    const url = this.#url;
    if (url === undefined) {
      to.writeHead(503).end('The console host is starting.');
      return;
    }
    const cookie = `omni_session_${url.port}=${url.searchParams.get('token') ?? ''}`;
    const headers = { ...from.headers, host: url.host, origin: url.origin, cookie };
    const { method, originalUrl = '/' } = from as IncomingMessage & { originalUrl?: string };
    const call = request(
      { host: url.hostname, port: url.port, path: originalUrl, method, headers },
      (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
      },
    );
    call.on('error', () => (to.headersSent ? to.destroy() : to.writeHead(502).end()));
    to.on('close', () => call.destroy());
    from.pipe(call);
  }

  #read(line: string): void {
    if (!line.startsWith('{')) return;
    const said: unknown = JSON.parse(line);
    if (typeof said === 'object' && said !== null && 'url' in said) {
      this.#url = new URL(String(said.url));
    }
  }
}
