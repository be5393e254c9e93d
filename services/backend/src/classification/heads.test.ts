import { describe, expect, it } from 'vitest';
import { trainHead } from '../analysis/classify/train-head.ts';
import type { Example, HeadStore, StoredHead } from './head-repository.ts';
import { Heads, toPlainText } from './heads.ts';

/** As Postgres keeps them, for all instances together. */
function memoryStore(): HeadStore {
  const rows = new Map<string, StoredHead>();
  return {
    list: () => Promise.resolve([]),
    version: (name) => Promise.resolve(rows.get(name)?.version ?? null),
    read: (name) => Promise.resolve(rows.get(name) ?? null),
    put: (head) => {
      const version = (rows.get(head.name)?.version ?? 0) + 1;
      rows.set(head.name, { ...head, version });
      return Promise.resolve(version);
    },
    drop: (name) => Promise.resolve(rows.delete(name)),
  };
}

/** Vectors that say which letters a text has; `turn` makes another model of it. */
function model(sha: string, turn = 0): Parameters<Heads['get']>[1] {
  return {
    sha,
    embed: (texts) =>
      Promise.resolve(
        texts.map((text) => {
          const vector = new Float32Array(26);
          for (const letter of text) {
            const at = (letter.charCodeAt(0) - 97 + turn) % 26;
            if (at >= 0) vector[at] = (vector[at] ?? 0) + 1;
          }
          const norm = Math.hypot(...vector);
          return vector.map((value) => value / norm);
        }),
      ),
  };
}

const examples: readonly Example[] = [
  { text: 'aab', label: 'first' },
  { text: 'aba', label: 'first' },
  { text: 'yyz', label: 'last' },
  { text: 'zyy', label: 'last' },
];
const train = (set: Parameters<typeof trainHead>[0]): Promise<ReturnType<typeof trainHead>> =>
  Promise.resolve(trainHead(set));

describe('heads', () => {
  it('are the same for another instance and after a restart', async () => {
    const store = memoryStore();
    const trained = await new Heads(store, train).put('letters', examples, model('m1'));
    const found = await new Heads(store, train).get('letters', model('m1'));
    expect(found).toEqual({ ...trained, layer: found?.layer });
    expect(found?.layer.weights).toEqual(trained.layer.weights);
    expect(found?.layer.bias).toEqual(trained.layer.bias);
  });

  it('count at once when another instance trained them again or removed them', async () => {
    const store = memoryStore();
    const [here, there] = [new Heads(store, train), new Heads(store, train)];
    await here.put('letters', examples, model('m1'));
    await there.put('letters', [...examples, ...examples], model('m1'));
    expect(await here.get('letters', model('m1'))).toMatchObject({ version: 2, examples: 8 });
    await there.drop('letters');
    expect(await here.get('letters', model('m1'))).toBeNull();
  });

  it('are trained anew from their examples when the model is another', async () => {
    const store = memoryStore();
    const heads = new Heads(store, train);
    const before = await heads.put('letters', examples, model('m1'));
    const after = await heads.get('letters', model('m2', 3));
    expect(after).toMatchObject({ version: 2, modelSha: 'm2', labels: ['first', 'last'] });
    expect(after?.layer.weights).not.toEqual(before.layer.weights);
    expect(await heads.get('letters', model('m2', 3))).toBe(after);
  });
});

describe('what of a line is embedded', () => {
  it('leaves out what differs between lines of one kind', () => {
    expect(toPlainText('connect to 10.0.0.7:5432 failed after 12 ms')).toBe(
      'connect to failed after ms',
    );
    expect(toPlainText('42')).toBe('42');
  });
});
