import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalFaultRequest } from '@omni/contracts/local-cloud-faults.ts';
import { FAULTS_PATH } from '@omni/contracts/local-cloud-faults.ts';
import type { LocalCloudConnection } from '@omni/contracts/local-cloud.ts';
import {
  CONNECTION_FILE,
  localCloudConnection,
  SECRETS_FOLDER,
} from '@omni/contracts/local-cloud.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const NODE = path.join(ROOT, 'node_modules/.bin/node');
const SERVER = path.join(ROOT, 'services/local-cloud/src/server.mjs');
const READY_WITHIN_MS = 20_000;

/** A real local cloud with sources of its own, in a folder that goes with it. */
export class LocalCloudProcess {
  readonly stateFolder: string;
  readonly sourcesFolder: string;
  readonly #folder: string;
  #child: ChildProcess | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
    this.stateFolder = path.join(folder, 'state');
    this.sourcesFolder = path.join(folder, 'sources');
  }

  /**
   * @param sources text of `src/server.ts` by service
   * @param secrets values of secrets that it would make otherwise, by name
   */
  static async start(
    sources: Readonly<Record<string, string>>,
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<LocalCloudProcess> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'omni-local-cloud-'));
    const cloud = new LocalCloudProcess(folder);
    await mkdir(cloud.stateFolder);
    for (const [service, text] of Object.entries(sources)) await cloud.writeSource(service, text);
    await cloud.#store(secrets);
    await cloud.start();
    return cloud;
  }

  async #store(secrets: Readonly<Record<string, string>>): Promise<void> {
    const folder = path.join(this.stateFolder, SECRETS_FOLDER);
    await mkdir(folder, { mode: 0o700 });
    for (const [name, value] of Object.entries(secrets)) {
      await writeFile(path.join(folder, name), value, { mode: 0o600 });
    }
  }

  async writeSource(service: string, text: string): Promise<void> {
    const folder = path.join(this.sourcesFolder, service, 'src');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'server.ts'), text);
  }

  /** Starts the process, again after `stop`; resolves when it can be used. */
  async start(): Promise<void> {
    const { stateFolder, sourcesFolder } = this;
    const places = ['--state', stateFolder, '--sources', sourcesFolder];
    const child = spawn(NODE, [SERVER, ...places, '--no-postgres', '--exit-with-parent'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child = child;
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await exists(path.join(stateFolder, CONNECTION_FILE)))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the local cloud did not start: ${output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** How to reach the process that runs now. */
  async connection(): Promise<LocalCloudConnection> {
    const text = await readFile(path.join(this.stateFolder, CONNECTION_FILE), 'utf8');
    return localCloudConnection.parse(JSON.parse(text));
  }

  /** Turns one of the faults of its README on. */
  async addFault(fault: LocalFaultRequest): Promise<void> {
    await this.#faults('POST', JSON.stringify(fault));
  }

  async clearFaults(): Promise<void> {
    await this.#faults('DELETE', null);
  }

  async #faults(method: string, body: string | null): Promise<void> {
    const { httpPort, token } = await this.connection();
    const headers = { authorization: `Bearer ${token}` };
    const url = `http://127.0.0.1:${String(httpPort)}${FAULTS_PATH}`;
    const answer = await fetch(url, { method, headers, body });
    if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
  }

  /** Ends the process and waits for it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
