import { createHash } from 'node:crypto';
import type { GoogleApis } from '../cloud-run/google-http.ts';
import type { ReceivedRequest, ScriptedAnswer } from './scripted-server.ts';
import { ScriptedServer } from './scripted-server.ts';

/** A build as it goes on, one status per look. */
export type BuildScript = readonly string[];

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly answer: (
    request: ReceivedRequest,
    parts: readonly string[],
  ) => ScriptedAnswer | Promise<ScriptedAnswer>;
}

/**
 * Google's JSON APIs as far as the console calls them, held to their documents: paths, methods, error
 * bodies. What is in it can be set before a call; what it was asked is in `requests`.
 */
export class GoogleApisServer {
  readonly buckets = new Set<string>();
  /** Buckets of somebody else, who may let everybody in. */
  readonly foreign = new Set<string>();
  readonly objects = new Map<string, string>();
  readonly repositories = new Set<string>();
  readonly images = new Map<string, string>();
  readonly disabledApis = new Set<string>();
  readonly denied = new Set<string>();
  buildScript: BuildScript = ['QUEUED', 'WORKING', 'SUCCESS'];
  buildFailure: string | null = null;
  /** The build ends in the moment in which it is cancelled. */
  buildHasEnded = false;
  logLines: string[] = [];
  /** Called at each look at the build; by default it writes a line. */
  onLook: (look: number) => void = (look) => {
    this.logLines.push(`step ${String(look + 1)}`);
  };
  /** How the making of a repository ends. */
  repositoryAnswer: { readonly status: number; readonly refused: string | null } = {
    status: 200,
    refused: null,
  };
  /** A bucket that wasn't there is, when it is made. */
  bucketAppears = false;
  /** Builds that go on already, as Cloud Build lists them. */
  unfinished: readonly object[] = [];
  /** What is done with an object that has arrived whole. */
  onStored: (place: string, bytes: Buffer) => Promise<void> = () => Promise.resolve();
  /** Digest of `PATH:TAG`. */
  findImage: (image: string) => Promise<string | undefined> = (image) =>
    Promise.resolve(this.images.get(image));
  /** Lines of a build by its id. */
  readLog: (build: string) => Promise<readonly string[]> = () => Promise.resolve(this.logLines);
  domains: readonly object[] = [];
  #looks = 0;
  #repositoryLooks = 0;
  #image = '';
  readonly #server = new ScriptedServer();

  async listen(): Promise<GoogleApis> {
    this.#server.answer = (request) => this.#answer(request);
    const origin = await this.#server.listen();
    return {
      artifactRegistry: origin,
      cloudBuild: origin,
      logging: origin,
      resourceManager: origin,
      secretManager: origin,
      serviceUsage: origin,
      storage: origin,
      runV1: origin,
      registry: () => `${origin}/registry`,
    };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Uploads break off from now on, or go through again. */
  breakUploads(broken: boolean): void {
    this.#server.breaksOff = (path) => broken && path.startsWith('/upload/');
  }

  /** Calls back when the next upload's first bytes are there, which then never gets an answer. */
  onceUploading(called: () => void): void {
    this.#server.breaksOff = (path) => {
      if (!path.startsWith('/upload/')) return false;
      this.#server.breaksOff = () => false;
      called();
      return false;
    };
  }

  get requests(): readonly ReceivedRequest[] {
    return this.#server.requests;
  }

  /** `METHOD /path` of what was asked, without queries. */
  get asked(): readonly string[] {
    return this.requests.map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`);
  }

  #answer(request: ReceivedRequest): ScriptedAnswer | Promise<ScriptedAnswer> {
    if (request.headers.authorization === undefined) return failure(401, 'UNAUTHENTICATED', 'Who?');
    const path = request.path.split('?')[0] ?? '';
    for (const route of this.#routes) {
      const match = route.method === request.method ? route.path.exec(path) : null;
      if (match !== null) return route.answer(request, match.slice(1).map(decodeURIComponent));
    }
    return failure(404, 'NOT_FOUND', `Method not found: ${request.method} ${path}`);
  }

  readonly #routes: readonly Route[] = [
    route('GET', '/storage/v1/b', ({ path }) => {
      const prefix = new URL(path, 'http://x').searchParams.get('prefix') ?? '';
      const names = [...this.buckets].filter((name) => name.startsWith(prefix));
      return ok(names.length === 0 ? {} : { items: names.map((name) => ({ name })) });
    }),
    route('POST', '/storage/v1/b', ({ body }) => {
      const { name } = JSON.parse(body) as { name: string };
      if (this.foreign.has(name)) return failure(409, 'ALREADY_EXISTS', 'it is not available');
      this.buckets.add(name);
      if (this.bucketAppears) return failure(409, 'ALREADY_EXISTS', 'you own it');
      return ok({ name });
    }),
    route('GET', '/storage/v1/b/([^/]+)/o/([^/]+)', (_, [bucket = '', object = '']) => {
      const generation = this.objects.get(`${bucket}/${object}`);
      return generation === undefined ? failure(404, 'NOT_FOUND', 'none') : ok({ generation });
    }),
    route('POST', '/upload/storage/v1/b/([^/]+)/o', async ({ path, bytes }, [bucket = '']) => {
      const name = new URL(path, 'http://x').searchParams.get('name') ?? '';
      if (bytes.length === 0) return failure(400, 'INVALID_ARGUMENT', 'empty');
      const generation = String(this.objects.size + 1);
      await this.onStored(`${bucket}/${name}`, bytes);
      this.objects.set(`${bucket}/${name}`, generation);
      return ok({ name, generation });
    }),
    route('GET', '/v1/(projects/[^/]+/locations/[^/]+/repositories/[^/]+)', (_, [name = '']) =>
      this.repositories.has(name) ? ok({ name }) : failure(404, 'NOT_FOUND', 'no repository'),
    ),
    route(
      'POST',
      '/v1/(projects/[^/]+/locations/[^/]+/repositories)',
      ({ path }, [parent = '']) => {
        const id = new URL(path, 'http://x').searchParams.get('repositoryId') ?? '';
        const { status, refused } = this.repositoryAnswer;
        if (status !== 200) return failure(status, 'ALREADY_EXISTS', 'it is there');
        if (refused !== null) return ok({ name: '', done: true, error: { message: refused } });
        this.repositories.add(`${parent}/${id}`);
        return ok({ name: `${parent.replace('/repositories', '')}/operations/made`, done: false });
      },
    ),
    route('GET', '/v1/(projects/[^/]+/locations/[^/]+/operations/[^/]+)', (_, [name = '']) => {
      this.#repositoryLooks += 1;
      return ok({ name, done: this.#repositoryLooks > 1 });
    }),
    route('POST', '/v1/projects/[^/]+/locations/[^/]+/builds', ({ body }) => {
      this.#image = (JSON.parse(body) as { images: [string] }).images[0];
      return ok({ name: 'operations/build/x', metadata: { build: { id: 'build-0001' } } });
    }),
    route('GET', '/v1/projects/[^/]+/locations/[^/]+/builds', () =>
      ok({ builds: this.unfinished }),
    ),
    route('GET', '/v1/projects/[^/]+/locations/[^/]+/builds/([^/]+)', () => this.#lookAtBuild()),
    route('POST', '/v1/(projects/[^/]+/locations/[^/]+/builds/[^/]+):cancel', () => {
      if (this.buildHasEnded) return failure(400, 'FAILED_PRECONDITION', 'cannot cancel it');
      this.buildScript = ['CANCELLED'];
      return ok({});
    }),
    route('HEAD', '/registry/v2/(.+)/manifests/([^/]+)', async (_, [path = '', tag = '']) => {
      const digest = await this.findImage(`${path}:${tag}`);
      if (digest === undefined) return { status: 404, body: '' };
      return { status: 200, body: '', headers: { 'docker-content-digest': digest } };
    }),
    route('POST', '/v2/entries:list', ({ body }) => this.#listEntries(body)),
    route('GET', '/v1/projects/[^/]+/services:batchGet', ({ path }) => {
      const names = new URL(path, 'http://x').searchParams.getAll('names');
      const services = names.map((name) => ({
        name,
        state: this.disabledApis.has(name.split('/').at(-1) ?? '') ? 'DISABLED' : 'ENABLED',
      }));
      return ok({ services });
    }),
    route('POST', '/v3/projects/[^/]+:testIamPermissions', ({ body }) => {
      const { permissions } = JSON.parse(body) as { permissions: string[] };
      return ok({ permissions: permissions.filter((one) => !this.denied.has(one)) });
    }),
    route('GET', '/apis/domains.cloudrun.com/v1/namespaces/[^/]+/domainmappings', () =>
      ok({ items: this.domains }),
    ),
  ];

  /** A line a second, in either order, from a time on, page by page. */
  async #listEntries(body: string): Promise<ScriptedAnswer> {
    const asked = JSON.parse(body) as {
      filter: string;
      orderBy: string;
      pageSize: number;
      pageToken?: string;
    };
    const lines = await this.readLog(/build_id="([^"]+)"/.exec(asked.filter)?.[1] ?? '');
    const since = /timestamp>="([^"]+)"/.exec(asked.filter)?.[1] ?? '';
    const all = lines
      .map((textPayload, index) => ({
        insertId: String(index),
        timestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
        textPayload,
      }))
      .filter(({ timestamp }) => timestamp >= since);
    if (asked.orderBy === 'timestamp desc') all.reverse();
    const from = Number(asked.pageToken ?? 0);
    const to = from + asked.pageSize;
    const next = to < all.length ? { nextPageToken: String(to) } : {};
    return ok({ entries: all.slice(from, to), ...next });
  }

  #lookAtBuild(): ScriptedAnswer {
    const status = this.buildScript[Math.min(this.#looks, this.buildScript.length - 1)] ?? '';
    this.onLook(this.#looks);
    this.#looks += 1;
    if (status === 'SUCCESS') {
      const digest = `sha256:${createHash('sha256').update(this.#image).digest('hex')}`;
      return ok({ status, results: { images: [{ name: this.#image, digest }] } });
    }
    const failureInfo =
      this.buildFailure === null ? {} : { failureInfo: { detail: this.buildFailure } };
    return ok({ status, ...failureInfo });
  }
}

function route(method: string, path: string, answer: Route['answer']): Route {
  return { method, path: new RegExp(`^${path}$`), answer };
}

function ok(body: object): ScriptedAnswer {
  return { status: 200, body: JSON.stringify(body), headers: JSON_TYPE };
}

/** The error body of Google's JSON APIs. */
function failure(code: number, status: string, message: string): ScriptedAnswer {
  return {
    status: code,
    body: JSON.stringify({ error: { code, status, message } }),
    headers: JSON_TYPE,
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };
