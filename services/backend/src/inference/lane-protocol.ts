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

/** What the HTTP process tells a lane. */
export type ToLane =
  | { readonly type: 'load'; readonly modelDir: string; readonly config: ModelConfig }
  | { readonly type: 'embed'; readonly id: number; readonly items: readonly EmbedItem[] };

/** Vectors of one dispatch, row after row; a refused item has zero tokens and a zero row. */
export interface EmbedAnswer {
  readonly id: number;
  readonly vectors: Float32Array;
  readonly tokens: Uint32Array;
  /** Items over the token limit, with the count that they really have. */
  readonly tooLong: readonly { readonly index: number; readonly tokens: number }[];
  readonly tokenizeMs: number;
  readonly inferMs: number;
}

/** What a lane answers. */
export type FromLane =
  | { readonly type: 'phase'; readonly phase: LoadPhase }
  | {
      readonly type: 'ready';
      readonly phases: readonly PhaseDuration[];
      readonly warnings: readonly string[];
    }
  | { readonly type: 'failed'; readonly reason: string }
  | ({ readonly type: 'embedded' } & EmbedAnswer)
  | { readonly type: 'embed-failed'; readonly id: number; readonly reason: string };
