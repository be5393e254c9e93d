import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '../onnx/write-onnx.ts';
import { writeOnnx } from '../onnx/write-onnx.ts';

/** A model repository in a folder of its own, filled with generated graphs. */
export interface ModelFolder {
  readonly dir: string;
  /** Publishes a version as one step: it is written beside the repository and moved into it. */
  add(name: string, version: string | number, graph: Graph): Promise<void>;
  /** The same with more in its config.json. */
  addWith(
    id: readonly [name: string, version: number],
    graph: Graph,
    config: object,
  ): Promise<void>;
  /** Publishes a version whose file is not what config.json says. */
  addBroken(name: string, version: string | number): Promise<void>;
  remove(name: string, version: string | number): Promise<void>;
  close(): Promise<void>;
}

/** An empty repository below the system's folder for temporary files. */
export async function createModelFolder(): Promise<ModelFolder> {
  const root = await mkdtemp(join(tmpdir(), 'omni-models-'));
  const dir = join(root, 'models');
  await mkdir(dir);
  const publish = async (
    [name, version]: readonly [string, string | number],
    { onnx, sha256, more = {} }: { onnx: Uint8Array; sha256: string; more?: object },
  ): Promise<void> => {
    const draft = await mkdtemp(join(root, 'draft-'));
    const config = {
      task: 'tensor',
      licence: 'MIT',
      source: 'generated',
      sha256: { 'model.onnx': sha256 },
      ...more,
    };
    await writeFile(join(draft, 'config.json'), JSON.stringify(config));
    await writeFile(join(draft, 'model.onnx'), onnx);
    await mkdir(join(dir, name), { recursive: true });
    await rename(draft, join(dir, name, String(version)));
  };
  const addWith = async (
    id: readonly [string, string | number],
    graph: Graph,
    more: object,
  ): Promise<void> => {
    const onnx = writeOnnx(graph);
    const sha256 = createHash('sha256').update(onnx).digest('hex');
    await publish(id, { onnx, sha256, more });
  };
  return {
    dir,
    add: (name, version, graph) => addWith([name, version], graph, {}),
    addWith,
    addBroken: (name, version) =>
      publish([name, version], { onnx: Buffer.from('not a graph'), sha256: '0'.repeat(64) }),
    remove: (name, version) => rm(join(dir, name, String(version)), { recursive: true }),
    close: () => rm(root, { recursive: true }),
  };
}
