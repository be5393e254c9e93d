import { hash } from 'node:crypto';
import type { InferenceError } from './inference-error.ts';
import type { InferAnswer, InferTask } from './lane-protocol.ts';

/** What a request gets, and where its time went. */
export interface InferResult {
  readonly outputs: InferAnswer['outputs'];
  readonly queueMs: number;
  readonly tokenizeMs: number;
  readonly inferMs: number;
}

/** So much of an input tells requests apart. */
const MARK_BYTES = 4_096;

/** One request on its way to a lane; settles exactly once. */
export class TensorJob {
  readonly task: InferTask;
  readonly bytes: number;
  readonly result: Promise<InferResult>;
  settled = false;
  readonly #enqueuedAt = performance.now();
  #dispatchedAt: number | undefined;
  #resolve: (result: InferResult) => void = () => undefined;
  #reject: (error: InferenceError) => void = () => undefined;

  constructor(task: InferTask) {
    this.task = task;
    this.bytes = task.inputs.reduce((sum, { data }) => sum + sizeOf(data), 0);
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Recognises the request when it comes again, by the beginning of its first input. */
  get mark(): string {
    const [first] = this.task.inputs;
    const traits = `${this.bytes} ${JSON.stringify(first?.shape)} `;
    return hash('sha256', traits + (first === undefined ? '' : headOf(first.data)), 'base64url');
  }

  markDispatched(): void {
    this.#dispatchedAt = performance.now();
  }

  accept({ outputs, inferMs }: InferAnswer): void {
    if (this.settled) return;
    this.settled = true;
    const queueMs = (this.#dispatchedAt ?? this.#enqueuedAt) - this.#enqueuedAt;
    this.#resolve({ outputs, queueMs, tokenizeMs: 0, inferMs });
  }

  fail(error: InferenceError): void {
    if (this.settled) return;
    this.settled = true;
    this.#reject(error);
  }
}

function sizeOf(data: InferTask['inputs'][number]['data']): number {
  if ('byteLength' in data) return data.byteLength;
  return data.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function headOf(data: InferTask['inputs'][number]['data']): string {
  const bytes = 'byteLength' in data ? data : (data[0] ?? new Uint8Array());
  const length = Math.min(bytes.byteLength, MARK_BYTES);
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('base64');
}
