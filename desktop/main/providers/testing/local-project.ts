import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { logLines, LOCAL_LOCATION, LOCAL_PROJECT } from '@omni/contracts/local-cloud.ts';
import { PassThroughClient } from 'google-auth-library';
import { z } from 'zod';
import type { Target } from '../../../shared/domain/target.ts';
import type { Clock } from '../../ports/clock.ts';
import { CloudRunSession } from '../google-cloud/cloud-run-session.ts';
import { noAccess } from '../local/no-access.ts';
import { systemClock } from '../os/system-clock.ts';
import { GoogleApisServer } from './google-apis-server.ts';
import { LocalCloudProcess } from './local-cloud-process.ts';

const TARGET: Target & { readonly project: string; readonly region: string } = {
  id: 'project',
  name: 'a project',
  kind: 'cloud-run',
  class: 'dev',
  mode: 'normal',
  project: LOCAL_PROJECT,
  region: LOCAL_LOCATION,
  credentials: { kind: 'adc', impersonate: null, file: null },
  guarded: false,
};

const builds = z.object({
  builds: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      source: z.object({ storageSource: z.object({ object: z.string() }) }),
      results: z
        .object({ images: z.array(z.object({ name: z.string(), digest: z.string() })) })
        .optional(),
    }),
  ),
});
export type ListedBuild = z.infer<typeof builds>['builds'][number];

/** Waits as it is told, but never for long: what is waited for is on this machine. */
const quickClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 25), signal),
};

/**
 * A target as a real project is one: the whole session, signed in with a token that the test knows.
 * Builds (gRPC and REST), services and operations are a real local cloud's; buckets, repositories and
 * the log's entries are a stand-in's, over HTTP.
 */
export class LocalProject {
  readonly cloud: LocalCloudProcess;
  readonly google: GoogleApisServer;
  readonly session: CloudRunSession;
  readonly #folder: string;

  private constructor(parts: {
    readonly cloud: LocalCloudProcess;
    readonly google: GoogleApisServer;
    readonly session: CloudRunSession;
    readonly folder: string;
  }) {
    this.cloud = parts.cloud;
    this.google = parts.google;
    this.session = parts.session;
    this.#folder = parts.folder;
    this.google.onStored = (place, bytes) => this.#keep(place, bytes);
    this.google.findImage = (image) => this.#digestOf(image);
    this.google.readLog = async (build) =>
      logLines
        .parse(await this.#ask(`/v1/logs?revision=build-${build}&limit=5000`))
        .map(({ line }) => line);
  }

  static async open(): Promise<LocalProject> {
    const cloud = await LocalCloudProcess.start({});
    const { token, grpcPort, httpPort } = await cloud.connection();
    const google = new GoogleApisServer();
    const apis = await google.listen();
    const folder = await mkdtemp(path.join(tmpdir(), 'omni-project-'));
    const client = new PassThroughClient();
    const authorization = `Bearer ${token}`;
    client.getRequestHeaders = () => Promise.resolve(new Headers({ authorization }));
    client.getAccessToken = () => Promise.resolve({ token });
    const session = new CloudRunSession({
      target: TARGET,
      access: { ...noAccess, authClient: () => Promise.resolve(client) },
      sourcesFolder: path.join(folder, 'services'),
      clock: quickClock,
      places: {
        apis: { ...apis, cloudBuild: `http://127.0.0.1:${String(httpPort)}` },
        run: { tls: false, host: '127.0.0.1', port: grpcPort },
      },
    });
    return new LocalProject({ cloud, google, session, folder });
  }

  /** A service's folder, with what its image is built from. */
  async writeSource(service: string, text: string): Promise<void> {
    const folder = path.join(this.#folder, 'services', service);
    await mkdir(path.join(folder, 'src'), { recursive: true });
    await writeFile(path.join(folder, 'Dockerfile'), 'FROM scratch\n');
    await writeFile(path.join(folder, 'Dockerfile.dockerignore'), `*\n!services/${service}\n`);
    await writeFile(path.join(folder, 'src/server.ts'), text);
  }

  /** All builds of the local cloud whose source is this service's. */
  async buildsOf(service: string): Promise<readonly ListedBuild[]> {
    return (await this.#builds()).filter(({ source }) =>
      source.storageSource.object.startsWith(`services/${service}/`),
    );
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.google.close();
    await this.cloud.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The local cloud reads a bucket's objects from its state folder. */
  async #keep(place: string, bytes: Buffer): Promise<void> {
    const file = path.join(this.cloud.stateFolder, 'buckets', place);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }

  /** `PATH:TAG` or `PATH:DIGEST`: an image is where its build has put it. */
  async #digestOf(image: string): Promise<string | undefined> {
    const [repository = '', digest] = image.split(':sha256:');
    const pushed = (await this.#builds()).flatMap(({ results }) => results?.images ?? []);
    const wanted =
      digest === undefined
        ? pushed.find(({ name }) => name.endsWith(`/${image}`))
        : pushed.find((one) => one.name.includes(repository) && one.digest.endsWith(digest));
    return wanted?.digest;
  }

  async #builds(): Promise<readonly ListedBuild[]> {
    const parent = `projects/${LOCAL_PROJECT}/locations/${LOCAL_LOCATION}`;
    return builds.parse(await this.#ask(`/v1/${parent}/builds`)).builds;
  }

  async #ask(place: string): Promise<unknown> {
    const { httpPort, token } = await this.cloud.connection();
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`http://127.0.0.1:${String(httpPort)}${place}`, { headers });
    if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
    return answer.json();
  }
}
