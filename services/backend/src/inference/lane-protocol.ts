import type { Datatype, Tensor } from '../oip/datatypes.ts';
import type { ModelConfig } from './model-config.ts';

/** One text or its token ids (fed as they are, special tokens included). */
export interface EmbedItem {
  readonly input: string | readonly number[];
  /** Cut to the model's limit instead of refusing. */
  readonly truncate: boolean;
}

/** Steps of a lane's start, in order; the ready probe shows the current one. */
export const LOAD_PHASES = ['verify', 'tokenizer', 'session', 'warm-up', 'self-check'] as const;
export type LoadPhase = (typeof LOAD_PHASES)[number];

export interface PhaseDuration {
  readonly phase: string;
  readonly ms: number;
}

/** An input or output as the graph declares it; dimensions of one name have one size in a request. */
export interface ValueInfo {
  readonly name: string;
  readonly datatype: Datatype;
  readonly dims: readonly (number | string)[];
}

/** What a graph takes and gives. */
export interface ModelInterface {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** Tensors for one run of the graph, and the names of the outputs asked for. */
export interface InferTask {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly string[];
}

/** What the HTTP process tells a lane. */
export type ToLane =
  | { readonly type: 'load'; readonly modelDir: string; readonly config: ModelConfig }
  | { readonly type: 'embed'; readonly id: number; readonly items: readonly EmbedItem[] }
  | ({ readonly type: 'infer'; readonly id: number } & InferTask);

/** Vectors of one dispatch, row after row; a refused item has zero tokens and a zero row. */
export interface EmbedAnswer {
  readonly id: number;
  readonly vectors: Float32Array;
  readonly tokens: readonly number[];
  /** Items over the token limit, with the count that they really have. */
  readonly tooLong: readonly { readonly index: number; readonly tokens: number }[];
  readonly tokenizeMs: number;
  readonly inferMs: number;
}

/** Outputs of one run, in the order asked for. */
export interface InferAnswer {
  readonly id: number;
  readonly outputs: readonly Tensor[];
  readonly inferMs: number;
}

/** What a lane answers. */
export type FromLane =
  | { readonly type: 'phase'; readonly phase: LoadPhase }
  | ({ readonly type: 'ready' } & LaneReport)
  | { readonly type: 'failed'; readonly reason: string }
  | ({ readonly type: 'embedded' } & EmbedAnswer)
  | ({ readonly type: 'inferred' } & InferAnswer)
  | { readonly type: 'run-failed'; readonly id: number; readonly reason: string };

/** What a lane says once it is warm. */
export interface LaneReport {
  readonly phases: readonly PhaseDuration[];
  readonly warnings: readonly string[];
  readonly graph: ModelInterface;
}
