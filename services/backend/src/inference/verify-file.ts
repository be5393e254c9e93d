import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Reads a model file and checks its sha256. The checked bytes are the ones handed to the runtime, so
 * a file swapped after the check changes nothing, and external data paths are never followed.
 */
export async function readVerified(
  modelDir: string,
  file: 'model.onnx' | 'tokenizer.json',
  expected: string,
): Promise<Buffer> {
  const bytes = await readFile(join(modelDir, file));
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== expected) {
    throw new Error(`${file} has sha256 ${actual}, config.json says ${expected}`);
  }
  return bytes;
}
