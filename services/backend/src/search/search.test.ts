import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bm25Index } from './bm25-index.ts';
import { CollectionIndex } from './collection-index.ts';
import { tokenise } from './tokenise.ts';
import { meanVector, vectorScores } from './vector-scores.ts';

describe('tokenise', () => {
  it.each([
    ['The retries of POLICIES', ['retry', 'policy']],
    ['circuitBreaker is_open', ['circuit', 'breaker', 'open']],
    ['p99 über 250ms', ['p99', 'über', '250ms']],
    ['status of the class', ['status', 'class']],
  ])('%s', (text, words) => {
    expect(tokenise(text)).toEqual(words);
  });
});

describe('Bm25Index', () => {
  it('puts rare words and short texts first', () => {
    const index = new Bm25Index();
    index.add('gateway refuses the key after a rotation of keys');
    index.add('gateway refuses');
    index.add('backend embeds texts');
    const scores = index.search('gateway rotation');
    expect([...scores.keys()].sort()).toEqual([0, 1]);
    expect(scores.get(0)).toBeGreaterThan(scores.get(1) ?? 0);
    const refuses = index.search('refuses');
    expect(refuses.get(1)).toBeGreaterThan(refuses.get(0) ?? 0);
  });

  it('scores after removals as if the removed had never been there', () => {
    const text = fc
      .array(fc.constantFrom('alpha', 'beta', 'gamma', 'delta'), { minLength: 1, maxLength: 6 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 12 }), text, (texts, query) => {
        const [whole, kept] = [new Bm25Index(), new Bm25Index()];
        texts.forEach((each) => whole.add(each));
        const odd = texts.flatMap((_, i) => (i % 2 === 1 ? [i] : []));
        odd.forEach((i) => whole.remove(i));
        const even = texts.filter((_, i) => i % 2 === 0);
        even.forEach((each) => kept.add(each));
        const expected = kept.search(query);
        const found = whole.search(query);
        expect(found.size).toBe(expected.size);
        for (const [doc, score] of found) {
          expect(score).toBeCloseTo(expected.get(doc / 2) ?? Number.NaN, 10);
        }
      }),
    );
  });
});

describe('vectorScores', () => {
  it('tells how unusual a nearness is, and nothing of a document without a vector', async () => {
    const unit = (angle: number): Float32Array =>
      Float32Array.from([Math.cos(angle), Math.sin(angle)]);
    const vectors = [unit(0), unit(1), unit(2), null, unit(3)];
    const scores = await vectorScores(unit(0.1), vectors, meanVector(vectors, 2));
    expect(scores[3]).toBe(0);
    expect([...scores].indexOf(Math.max(...scores))).toBe(0);
    const known = [0, 1, 2, 4].map((i) => scores[i] ?? Number.NaN);
    expect(known.reduce((sum, score) => sum + score, 0)).toBeCloseTo(0, 5);
  });
});

describe('CollectionIndex', () => {
  const document = (id: string, text: string): Parameters<CollectionIndex['put']>[0] => ({
    id,
    text,
    metadata: {},
    vector: null,
  });
  const query = { vector: null, limit: 10, vectorWeight: 0 };

  it('replaces and removes documents', async () => {
    const index = new CollectionIndex();
    index.put(document('a', 'restart the gateway'));
    index.put(document('b', 'restart the backend'));
    index.put(document('a', 'rotate the key'));
    index.remove('b');
    expect(index.size).toBe(1);
    expect(await index.search({ ...query, text: 'restart' })).toEqual([]);
    const hits = await index.search({ ...query, text: 'rotate' });
    expect(hits.map((hit) => hit.document.id)).toEqual(['a']);
  });
});
