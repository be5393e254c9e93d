import { describe, expect, it } from 'vitest';
import { configDocumentSchema } from './config-document.ts';
import type { ConfigRepository, NewConfigVersion } from './config-repository.ts';
import { documentOf } from './test-routing.ts';

const entry = (comment: string, after?: number): NewConfigVersion => ({
  document: configDocumentSchema.parse(
    documentOf([{ id: comment, pathPrefix: '/', upstream: 'a' }]),
  ),
  actor: 'ops',
  comment,
  after,
});

/** What every repository of configuration versions promises; `open` gives an empty one. */
export function describeConfigRepository(
  name: string,
  open: () => Promise<ConfigRepository>,
): void {
  describe(`versions of the configuration in ${name}`, () => {
    it('count up, are kept as they were, and are listed newest first', async () => {
      const repository = await open();
      expect([await repository.newest(), await repository.read(1)]).toEqual([null, null]);
      const first = await repository.append(entry('first'));
      expect(first).toMatchObject({ version: 1, actor: 'ops', comment: 'first' });
      expect(first.at).toBeInstanceOf(Date);
      const second = await repository.append(entry('second', 1));
      expect(await repository.newest()).toEqual(second);
      expect(await repository.read(1)).toEqual(first);
      expect(first.document).toEqual(entry('first').document);
      expect((await repository.list(1)).map(({ version }) => version)).toEqual([2]);
      expect((await repository.list(9)).map(({ version }) => version)).toEqual([2, 1]);
      await repository.close();
    });

    it('are not appended to one that the author has not seen', async () => {
      const repository = await open();
      await repository.append(entry('first', 0));
      const late = repository.append(entry('late', 0));
      await expect(late).rejects.toMatchObject({ code: 'config_conflict' });
      expect((await repository.newest())?.comment).toBe('first');
      await repository.close();
    });

    it('have no gaps and no doubles, however many come at once', async () => {
      const repository = await open();
      const all = Array.from({ length: 10 }, (_, index) => repository.append(entry(`c${index}`)));
      const versions = (await Promise.all(all)).map(({ version }) => version);
      expect(versions.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      const racing = [1, 2, 3].map((index) => repository.append(entry(`r${index}`, 10)));
      const settled = await Promise.allSettled(racing);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await repository.close();
    });
  });
}
