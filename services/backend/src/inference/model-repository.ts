import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddingConfig, ModelConfig } from './model-config.ts';
import { modelConfig } from './model-config.ts';
import type { PolicyOf } from './version-policy.ts';
import { newestOnly, wants } from './version-policy.ts';

/** A model version whose files look right; its lane still checks every byte. */
export interface ModelVersion<Config extends ModelConfig = ModelConfig> {
  readonly name: string;
  readonly version: string;
  readonly dir: string;
  readonly config: Config;
}
export type EmbeddingVersion = ModelVersion<EmbeddingConfig>;

export interface RefusedModel {
  readonly name: string;
  readonly version: string;
  readonly reason: string;
}

export interface ModelListing {
  /** The versions to serve, the newest of each name first. */
  readonly models: readonly ModelVersion[];
  readonly refused: readonly RefusedModel[];
  /** In the folder, but not wanted by the version policy. */
  readonly unwanted: readonly { readonly name: string; readonly version: string }[];
}

const MAX_FILE_BYTES = 1024 ** 3;
const MAX_CONFIG_BYTES = 1024 ** 2;
/** Names are labels of metrics and parts of addresses. */
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

export function isEmbedding(model: ModelVersion): model is EmbeddingVersion {
  return model.config.task === 'embedding';
}

/**
 * Lists `<dir>/<name>/<version>/` under a version policy. A bad version is refused with a reason; it
 * does not count, so that an older one serves in its place; so is one of which `known` says, by
 * `name/version`, why it cannot serve.
 */
export async function listModels(
  modelsDir: string,
  policyOf: PolicyOf = newestOnly,
  known: ReadonlyMap<string, string> = new Map(),
): Promise<ModelListing> {
  const models: ModelVersion[] = [];
  const refused: RefusedModel[] = [];
  const unwanted: { name: string; version: string }[] = [];
  for (const name of await subfolders(modelsDir)) {
    if (!NAME.test(name)) continue;
    const policy = policyOf(name);
    let taken = 0;
    for (const version of await versionsOf(join(modelsDir, name))) {
      if (!wants(policy, version, taken)) {
        unwanted.push({ name, version });
        continue;
      }
      const dir = join(modelsDir, name, version);
      const failure = known.get(`${name}/${version}`);
      try {
        if (failure !== undefined) throw new Error(failure);
        models.push({ name, version, dir, config: await readModel(dir) });
        taken += 1;
      } catch (error) {
        refused.push({ name, version, reason: error instanceof Error ? error.message : 'unknown' });
      }
    }
  }
  return { models, refused, unwanted };
}

async function versionsOf(dir: string): Promise<string[]> {
  return (await subfolders(dir))
    .filter((version) => /^[1-9]\d*$/.test(version))
    .sort((a, b) => Number(b) - Number(a));
}

async function subfolders(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  // isDirectory is false for a symlink: a model may not point outside the repository.
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function readModel(dir: string): Promise<ModelConfig> {
  await assertPlainFile(dir, 'config.json', MAX_CONFIG_BYTES);
  const parsed = modelConfig.safeParse(
    parseConfig(await readFile(join(dir, 'config.json'), 'utf8')),
  );
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`config.json: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  for (const file of Object.keys(parsed.data.sha256)) {
    await assertPlainFile(dir, file, MAX_FILE_BYTES);
  }
  return parsed.data;
}

function parseConfig(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error('config.json is not valid JSON', { cause });
  }
}

async function assertPlainFile(dir: string, file: string, maxBytes: number): Promise<void> {
  const stats = await lstat(join(dir, file)).catch((cause: unknown) => {
    throw new Error(`${file} is missing`, { cause });
  });
  if (!stats.isFile()) throw new Error(`${file} is not a plain file`);
  if (stats.size > maxBytes) throw new Error(`${file} is larger than ${maxBytes} bytes`);
}
