import { join } from 'node:path';
import { freePort, startChild, untilAnswers } from '../child.ts';
import type { Embed } from './text-quality.ts';

const SERVER = join(import.meta.dirname, '../../services/backend/src/server.ts');
const AT_ONCE = 32;

/** The real backend on a free port. */
export async function startBackend(): Promise<{ embed: Embed; stop: () => Promise<void> }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { PORT: String(port), RATE_LIMIT_PER_MINUTE: '0' };
  const child = startChild([process.execPath, SERVER], { env });
  await untilAnswers(`${url}/health/ready`, 30_000);
  const embedPart = async (input: readonly string[]): Promise<Float32Array[]> => {
    const answer = await fetch(`${url}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'all-minilm-l6-v2', input, truncate: true }),
    });
    if (!answer.ok) throw new Error(`the backend answered ${answer.status}`);
    const { data } = (await answer.json()) as { data: { embedding: number[] }[] };
    return data.map(({ embedding }) => Float32Array.from(embedding));
  };
  return {
    stop: () => child.stop(),
    embed: async (texts) => {
      const vectors: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += AT_ONCE) {
        vectors.push(...(await embedPart(texts.slice(from, from + AT_ONCE))));
      }
      return vectors;
    },
  };
}
