import { maskVariables, WILDCARD } from './mask-variables.ts';

/** A line to be clustered; `time` in milliseconds, any epoch. */
export interface LogLine {
  readonly text: string;
  readonly time?: number | undefined;
}

export interface ClusterInput {
  readonly lines: readonly LogLine[];
  /** Lines from here on count as after, earlier ones as before. */
  readonly splitAt?: number | undefined;
  /** Share of equal tokens from which a line belongs to a template. Default 0.5. */
  readonly similarity?: number | undefined;
}

export interface LogCluster {
  /** The tokens that all its lines share; `<*>` where they differ. */
  readonly template: string;
  readonly count: number;
  readonly before: number;
  readonly after: number;
  /** Seen after the split and never before it. */
  readonly isNew: boolean;
  /** How much more frequent after than before, by the hour of each side; null without a split. */
  readonly change: number | null;
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  /** Up to three lines as they came. */
  readonly samples: readonly string[];
}

interface Group {
  tokens: string[];
  count: number;
  before: number;
  after: number;
  first: number | null;
  last: number | null;
  readonly samples: string[];
}

const MAX_TOKENS = 200;
const MAX_GROUPS_PER_LEAF = 200;
const SAMPLES = 3;
const DEFAULT_SIMILARITY = 0.5;

/**
 * Groups log lines by template: the fixed-depth parse tree of P. He et al., "Drain: An Online Log
 * Parsing Approach with Fixed Depth Tree", ICWS 2017. What is certainly a variable (numbers, ids,
 * addresses) is masked first; lines meet by token count and first token, and join the group with
 * which they share the most. Most frequent first; with a split, what is new comes before all.
 */
export function clusterLogs({ lines, splitAt, similarity }: ClusterInput): LogCluster[] {
  const leaves = new Map<string, Group[]>();
  for (const line of lines) {
    const tokens = maskVariables(line.text).split(' ', MAX_TOKENS);
    const key = leafOf(tokens);
    const leaf = leaves.get(key) ?? [];
    if (leaf.length === 0) leaves.set(key, leaf);
    const group = nearest(leaf, tokens, similarity ?? DEFAULT_SIMILARITY) ?? open(leaf, tokens);
    add(group, tokens);
    count(group, line, splitAt);
  }
  const spans = splitAt === undefined ? null : spansOf(lines, splitAt);
  return [...leaves.values()]
    .flat()
    .map((group) => toCluster(group, spans))
    .sort((a, b) => Number(b.isNew) - Number(a.isNew) || b.count - a.count);
}

/** Token count and the first token if it is a word: digits would split a template. */
function leafOf(tokens: readonly string[]): string {
  const [first = ''] = tokens;
  return `${tokens.length}\u0000${/\d/.test(first) ? WILDCARD : first}`;
}

function nearest(leaf: readonly Group[], tokens: readonly string[], least: number): Group | null {
  let best: Group | null = null;
  let bestShare = least;
  for (const group of leaf) {
    const share = sharedTokens(group.tokens, tokens) / tokens.length;
    if (share >= bestShare && (best === null || share > bestShare))
      [best, bestShare] = [group, share];
  }
  return best;
}

function sharedTokens(template: readonly string[], tokens: readonly string[]): number {
  let shared = 0;
  for (let i = 0; i < tokens.length; i += 1) if (template[i] === tokens[i]) shared += 1;
  return shared;
}

/** A new group; a leaf that is full sends the rest to its last one. */
function open(leaf: Group[], tokens: readonly string[]): Group {
  const last = leaf.at(-1);
  if (last !== undefined && leaf.length >= MAX_GROUPS_PER_LEAF) return last;
  const group: Group = {
    tokens: [...tokens],
    count: 0,
    before: 0,
    after: 0,
    first: null,
    last: null,
    samples: [],
  };
  leaf.push(group);
  return group;
}

function add(group: Group, tokens: readonly string[]): void {
  for (let i = 0; i < tokens.length; i += 1) {
    if (group.tokens[i] !== tokens[i]) group.tokens[i] = WILDCARD;
  }
}

function count(group: Group, { text, time }: LogLine, splitAt: number | undefined): void {
  group.count += 1;
  if (group.samples.length < SAMPLES) group.samples.push(text);
  if (time === undefined) return;
  group.first = group.first === null ? time : Math.min(group.first, time);
  group.last = group.last === null ? time : Math.max(group.last, time);
  if (splitAt === undefined) return;
  if (time < splitAt) group.before += 1;
  else group.after += 1;
}

interface Spans {
  readonly before: number;
  readonly after: number;
}

function spansOf(lines: readonly LogLine[], splitAt: number): Spans {
  let [first, last] = [splitAt, splitAt];
  for (const { time } of lines) {
    if (time === undefined) continue;
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  return { before: splitAt - first, after: last - splitAt };
}

function toCluster(group: Group, spans: Spans | null): LogCluster {
  const { tokens, first, last, ...rest } = group;
  return {
    ...rest,
    template: tokens.join(' '),
    firstTime: first,
    lastTime: last,
    isNew: spans !== null && group.before === 0 && group.after > 0,
    change: spans === null ? null : rateChange(group, spans),
  };
}

/** Half a line is added to both sides, so that a line that was never seen before has a ratio. */
function rateChange({ before, after }: Group, spans: Spans): number | null {
  if (spans.before <= 0 || spans.after <= 0) return null;
  return ((after + 0.5) / spans.after) * (spans.before / (before + 0.5));
}
