import type { Case, Subject } from './check.ts';
import { assert, ok, pathOf } from './check.ts';
import { binaryBody } from './infer-cases.ts';
import { HEADER_LENGTH, json } from './target.ts';
import { jsonInput } from './values.ts';

const BODIES = 150;

/** A repeatable stream of numbers below 2^32 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** A few bytes changed, removed or doubled. */
function mutate(body: Buffer, random: () => number): Buffer {
  const bytes = [...body];
  for (let left = 1 + (random() % 4); left > 0; left -= 1) {
    const at = random() % Math.max(1, bytes.length);
    const kind = random() % 3;
    if (kind === 0) bytes[at] = random() & 0xff;
    else if (kind === 1) bytes.splice(at, 1 + (random() % 8));
    else bytes.splice(at, 0, ...bytes.slice(at, at + 1 + (random() % 8)));
  }
  return Buffer.from(bytes);
}

function seeds(subject: Subject): readonly { body: Buffer; length: string | undefined }[] {
  const inputs = subject.model.inputs.map((input) => jsonInput(input));
  const { head, raw } = binaryBody(subject);
  return [
    { body: Buffer.from(JSON.stringify({ inputs })), length: undefined },
    { body: Buffer.concat([head, raw]), length: String(head.byteLength) },
  ];
}

/** Damaged bodies are answered, never with a server error, and the server goes on. */
export const FUZZ_CASE: Case = {
  name: `${BODIES} damaged bodies: each is answered as right or wrong, none is a server error`,
  run: async (subject) => {
    const { target, model } = subject;
    const random = createRandom(20_260);
    for (let number = 0; number < BODIES; number += 1) {
      const seed = seeds(subject)[number % 2];
      assert(seed !== undefined, 'no seed');
      const headers: Record<string, string> =
        seed.length === undefined ? {} : { [HEADER_LENGTH]: seed.length };
      const body = mutate(seed.body, random);
      const answer = await target.post(`${pathOf(model)}/infer`, body, headers);
      assert(answer.status < 500, `status ${answer.status} to body ${body.toString('base64')}`);
      if (answer.status !== 200) json(answer);
    }
    ok(await target.get('/v2/health/live'));
  },
};
