import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CollectionIndex } from '../../services/backend/src/search/collection-index.ts';
import { cosine } from '../../services/backend/src/inference/cosine.ts';
import { SENTENCE_PAIRS } from './sentence-pairs.ts';
import { spearman } from './spearman.ts';

const run = promisify(execFile);

/** Texts to unit vectors. */
export type Embed = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

/** Rank correlation of the model's cosines with the grades of `SENTENCE_PAIRS`. */
export async function measureSimilarity(embed: Embed): Promise<number> {
  const left = await embed(SENTENCE_PAIRS.map(([text]) => text));
  const right = await embed(SENTENCE_PAIRS.map(([, text]) => text));
  const cosines = left.map((vector, i) => cosine(vector, right[i] ?? vector));
  return spearman(
    cosines,
    SENTENCE_PAIRS.map(([, , grade]) => grade),
  );
}

interface Section {
  readonly title: string;
  readonly text: string;
}

const LEAST_CHARS = 80;

/** Sections of the project's own pages with their headings: a corpus that ships with it. */
async function readSections(root: string): Promise<Section[]> {
  const { stdout } = await run('git', ['ls-files', '*.md'], { cwd: root });
  const sections: Section[] = [];
  for (const file of stdout.trim().split('\n')) {
    const page = (await readFile(join(root, file), 'utf8')).replaceAll(/```[\s\S]*?```/g, '');
    const parts = page.split(/^#+ (.+)$/m);
    for (let i = 1; i + 1 < parts.length; i += 2) {
      const [title = '', text = ''] = [parts[i], parts[i + 1]?.trim()];
      if (text.length >= LEAST_CHARS) sections.push({ title: title.replaceAll('`', ''), text });
    }
  }
  return sections;
}

export interface Retrieval {
  readonly sections: number;
  /** Mean reciprocal rank of the own section when its heading is searched. */
  readonly hybrid: number;
  readonly wordsAlone: number;
}

/** Heading -> own section over the project's pages, with and without vectors. */
export async function measureRetrieval(
  root: string,
  embed: Embed,
  vectorWeight: number,
): Promise<Retrieval> {
  const sections = await readSections(root);
  const vectors = await embed(sections.map(({ text }) => text));
  const queries = await embed(sections.map(({ title }) => title));
  const index = new CollectionIndex();
  sections.forEach(({ text }, i) => {
    index.put({ id: String(i), text, metadata: {}, vector: vectors[i] ?? null });
  });
  const meanRank = async (weight: number): Promise<number> => {
    let sum = 0;
    for (const [i, { title }] of sections.entries()) {
      const vector = weight > 0 ? (queries[i] ?? null) : null;
      const hits = await index.search({ text: title, vector, limit: 100, vectorWeight: weight });
      const rank = hits.findIndex(({ document }) => document.id === String(i));
      if (rank >= 0) sum += 1 / (rank + 1);
    }
    return sum / sections.length;
  };
  return {
    sections: sections.length,
    hybrid: await meanRank(vectorWeight),
    wordsAlone: await meanRank(0),
  };
}
