import { describe, expect, it } from 'vitest';
import { ConfigStore } from './config-store.ts';
import type { ConfigStoreEvents } from './config-store.ts';
import { createMemoryConfigRepository } from './memory-config-repository.ts';
import type { ConfigDocumentInput } from './config-document.ts';
import { documentOf, testFactories } from './test-routing.ts';

const target = (url: string): ConfigDocumentInput['upstreams'][string] => ({ targets: [{ url }] });
const route = { id: 'r', pathPrefix: '/', upstream: 'a' };
const first = documentOf([route], { a: target('http://a.test'), b: target('http://b.test') });
const second = documentOf([route], { a: target('http://a.test'), c: target('http://c.test') });
const ops = { actor: 'ops', comment: 'why' };

function storeOf(
  repository = createMemoryConfigRepository(),
  events: Partial<ConfigStoreEvents> = {},
) {
  const factories = testFactories();
  const store = new ConfigStore(first, {
    repository: () => Promise.resolve(repository),
    factories,
    events: { applied: () => undefined, refused: () => undefined, ...events },
    readOnly: false,
  });
  return { store, factories, repository };
}

describe('the configuration in force', () => {
  it('changes at once; upstreams that stay keep their connections, others are closed', async () => {
    const { store, factories } = storeOf();
    const kept = store.current.upstreams.get('a');
    const version = await store.apply(second, ops);
    expect(version).toMatchObject({ version: 1, ...ops });
    expect(store.current.version).toBe(1);
    expect(store.current.upstreams.get('a')).toBe(kept);
    expect(factories.opened).toEqual(['http://a.test', 'http://b.test', 'http://c.test']);
    expect(factories.closed).toEqual(['http://b.test']);
  });

  it('stays for the requests that began with it', async () => {
    const { store, factories } = storeOf();
    const before = store.current;
    before.enter();
    before.enter();
    await store.apply(second, ops);
    before.leave();
    expect(factories.closed).toEqual([]);
    before.leave();
    expect(factories.closed).toEqual(['http://b.test']);
  });

  it('does not close an upstream that another version still uses', async () => {
    const { store, factories } = storeOf();
    const oldest = store.current;
    oldest.enter();
    await store.apply(second, ops);
    await store.apply(documentOf([route], { a: target('http://a.test') }), ops);
    expect(factories.closed).toEqual(['http://c.test']);
    oldest.leave();
    expect(factories.closed).toEqual(['http://c.test', 'http://b.test']);
  });

  it('is kept when a document is refused, and the refusal names the field', async () => {
    const { store } = storeOf();
    const before = store.current;
    const wrong = documentOf([{ ...route, upstream: 'nope' }]);
    const problem = { field: 'routes[0].upstream', reason: 'names no upstream of this document' };
    expect(store.validate(wrong)).toEqual([problem]);
    await expect(store.apply(wrong, ops)).rejects.toMatchObject({
      code: 'config_invalid',
      problems: [problem],
    });
    expect(store.current).toBe(before);
    expect(await store.history()).toEqual([]);
  });

  it('is rolled back by a new version with the old document', async () => {
    const { store } = storeOf();
    await store.apply(first, ops);
    await store.apply(second, ops);
    const back = await store.rollBack(1, { actor: 'ops', comment: 'worse' });
    expect(back).toMatchObject({ version: 3, comment: 'worse' });
    expect([...store.current.upstreams.keys()]).toEqual(['a', 'b']);
    expect((await store.history()).map(({ version }) => version)).toEqual([3, 2, 1]);
    await expect(store.rollBack(9, ops)).rejects.toMatchObject({
      code: 'config_version_not_found',
    });
  });

  it('is not changed on top of a version that the author has not seen', async () => {
    const { store } = storeOf();
    await store.apply(second, { ...ops, after: 0 });
    const late = store.apply(first, { ...ops, after: 0 });
    await expect(late).rejects.toMatchObject({ code: 'config_conflict' });
    expect(store.current.version).toBe(1);
  });

  it('follows what another instance applied; what it can not read it keeps out', async () => {
    const refused: string[] = [];
    const { repository, store: one } = storeOf();
    const { store: other } = storeOf(repository, { refused: (source) => refused.push(source) });
    await one.apply(second, ops);
    await other.check();
    expect(other.current.version).toBe(1);
    const future = { ...one.current.document, format: 2 } as unknown as typeof one.current.document;
    await repository.append({ document: future, ...ops, after: undefined });
    await other.check();
    await other.check();
    expect([other.current.version, refused]).toEqual([1, ['version 2']]);
  });

  it('comes from the file alone when there is one', async () => {
    const factories = testFactories();
    const store = new ConfigStore(first, {
      repository: () => Promise.resolve(createMemoryConfigRepository()),
      factories,
      events: { applied: () => undefined, refused: () => undefined },
      readOnly: true,
    });
    await expect(store.apply(second, ops)).rejects.toMatchObject({ code: 'config_read_only' });
    expect(await store.load(second, 'file')).toBe(true);
    expect(await store.load({}, 'file')).toBe(false);
    expect([...store.current.upstreams.keys()]).toEqual(['a', 'c']);
  });
});
