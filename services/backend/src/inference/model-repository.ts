import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelConfig } from './model-config.ts';
import { modelConfig } from './model-config.ts';

/** A model version whose files look right; its lane still checks every byte. */
export interface ModelVersion {
  readonly name: string;
  readonly version: string;
  readonly dir: string;
  readonly config: ModelConfig;
}

export interface RefusedModel {
  readonly name: string;
  readonly version: string;
  readonly reason: string;
}

export interface ModelListing {
  /** The newest usable version of each name. */
  readonly models: readonly ModelVersion[];
  readonly refused: readonly RefusedModel[];
}

const MAX_FILE_BYTES = 1024 ** 3;

/** Lists `<dir>/<name>/<version>/`; a bad version is refused with a reason and an older one serves. */
export async function listModels(modelsDir: string): Promise<ModelListing> {
  const models: ModelVersion[] = [];
  const refused: RefusedModel[] = [];
  for (const name of await subfolders(modelsDir)) {
    const versions = (await subfolders(join(modelsDir, name)))
      .filter((version) => /^[1-9]\d*$/.test(version))
      .sort((a, b) => Number(b) - Number(a));
    for (const version of versions) {
      const dir = join(modelsDir, name, version);
      try {
        models.push({ name, version, dir, config: await readModel(dir) });
        break;
      } catch (error) {
        refused.push({ name, version, reason: error instanceof Error ? error.message : 'unknown' });
      }
    }
  }
  return { models, refused };
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
  const text = await readFile(join(dir, 'config.json'), 'utf8');
  const parsed = modelConfig.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`config.json: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  for (const file of Object.keys(parsed.data.sha256)) await assertPlainFile(dir, file);
  return parsed.data;
}

async function assertPlainFile(dir: string, file: string): Promise<void> {
  const stats = await lstat(join(dir, file));
  if (!stats.isFile()) throw new Error(`${file} is not a plain file`);
  if (stats.size > MAX_FILE_BYTES) throw new Error(`${file} is larger than 1 GiB`);
}
