/**
 * `node bare-session.ts MODEL_DIR TOKENS SECONDS`: what the model alone costs. One ONNX Runtime session,
 * one thread, one text a run, no tokeniser, no other process; prints one JSON line.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createEncode } from '../../services/backend/src/inference/tokenize.ts';
import { makeText } from './texts.ts';

const WARM_RUNS = 20;
const TEXTS = 64;

const [modelDir = '', tokens = '16', seconds = '1'] = process.argv.slice(2);
const config = JSON.parse(readFileSync(join(modelDir, 'config.json'), 'utf8')) as {
  maxTokens: number;
  endToken: number;
  output: string;
};
const encode = createEncode(readFileSync(join(modelDir, 'tokenizer.json'), 'utf8'), config);
const session = await InferenceSession.create(join(modelDir, 'model.onnx'), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 4,
});

function feedsOf(text: string): Record<string, Tensor> {
  const { ids } = encode({ input: text, truncate: false });
  const row = (value: (id: number) => number): Tensor =>
    new Tensor(
      'int64',
      BigInt64Array.from(ids, (id) => BigInt(value(id))),
      [1, ids.length],
    );
  return {
    input_ids: row((id) => id),
    attention_mask: row(() => 1),
    token_type_ids: row(() => 0),
  };
}

const feeds = Array.from({ length: TEXTS }, () => feedsOf(makeText(Number(tokens))));
const run = async (index: number): Promise<number> => {
  const begin = performance.now();
  await session.run(feeds[index % TEXTS] ?? {}, [config.output]);
  return performance.now() - begin;
};

for (let i = 0; i < WARM_RUNS; i += 1) await run(i);
const durations: number[] = [];
const cpu = process.cpuUsage();
const end = performance.now() + Number(seconds) * 1_000;
while (performance.now() < end) durations.push(await run(durations.length));
const { user, system } = process.cpuUsage(cpu);
durations.sort((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({
    runs: durations.length,
    cpuMs: (user + system) / 1_000 / durations.length,
    p50Ms: durations[Math.floor(durations.length / 2)],
  })}\n`,
);
