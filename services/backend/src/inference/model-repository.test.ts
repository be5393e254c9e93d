import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { shippedModel } from '../testing/reference.ts';
import { listModels } from './model-repository.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'omni-models-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function addVersion(
  version: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const target = join(dir, 'm', version);
  await mkdir(target, { recursive: true });
  await cp(join((await shippedModel()).dir, 'config.json'), join(target, 'config.json'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(target, name), text);
  return target;
}
const complete = { 'model.onnx': 'x', 'tokenizer.json': '{}' };

it('serves the newest version and looks at numbered folders only', async () => {
  await addVersion('2', complete);
  await addVersion('10', complete);
  await addVersion('draft', complete);
  expect((await listModels(dir)).models.map(({ version }) => version)).toEqual(['10']);
});

it('falls back to an older version and names what is wrong with the newer', async () => {
  await addVersion('1', complete);
  await addVersion('2', { ...complete, 'config.json': '{"task":"embedding"}' });
  const { models, refused } = await listModels(dir);
  expect(models.map(({ version }) => version)).toEqual(['1']);
  expect(refused).toEqual([
    { name: 'm', version: '2', reason: expect.stringContaining('config.json') as string },
  ]);
});

it('follows no link out of the repository', async () => {
  const target = await addVersion('1', { 'tokenizer.json': '{}' });
  await symlink('/etc/hostname', join(target, 'model.onnx'));
  const { models, refused } = await listModels(dir);
  expect(models).toEqual([]);
  expect(refused[0]?.reason).toBe('model.onnx is not a plain file');
});
