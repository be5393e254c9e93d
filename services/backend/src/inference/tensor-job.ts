import type { InferenceError } from './inference-error.ts';
import type { InferAnswer, InferTask } from './lane-protocol.ts';

/** What a request gets, and where its time went. */
export interface InferResult {
  readonly outputs: InferAnswer['outputs'];
  readonly queueMs: number;
  readonly tokenizeMs: number;
  readonly inferMs: number;
}

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
