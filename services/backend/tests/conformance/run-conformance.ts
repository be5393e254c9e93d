import type { Case, Subject } from './check.ts';
import { ok } from './check.ts';
import { FUZZ_CASE } from './fuzz-case.ts';
import { INFER_CASES, REFUSAL_CASES } from './infer-cases.ts';
import { METADATA_CASES } from './metadata-cases.ts';
import type { Target } from './target.ts';
import { json } from './target.ts';
import type { ModelMetadata } from './values.ts';

export interface CaseResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly reason?: string;
}

const CASES: readonly Case[] = [...METADATA_CASES, ...INFER_CASES, ...REFUSAL_CASES, FUZZ_CASE];

/** Names of the ready models, as the repository index tells them. */
export async function readyModels(target: Target): Promise<string[]> {
  const answer = await target.post('/v2/repository/index', { ready: true });
  const list = answer.status === 200 ? json(answer) : [];
  if (!Array.isArray(list)) return [];
  return [...new Set((list as { name: string }[]).map(({ name }) => name))];
}

/** All rules of the Open Inference Protocol v2 and its extensions, asked of one model of a server. */
export async function runConformance(target: Target, name: string): Promise<CaseResult[]> {
  const server = ok(await target.get('/v2'));
  const path = `/v2/models/${encodeURIComponent(name)}`;
  const model = ok(await target.get(path)) as unknown as ModelMetadata;
  const extensions = Array.isArray(server['extensions']) ? (server['extensions'] as string[]) : [];
  const results: CaseResult[] = [];
  for (const one of CASES) results.push(await runCase(one, { target, model, extensions }));
  return results;
}

async function runCase(one: Case, subject: Subject): Promise<CaseResult> {
  const { name, extension } = one;
  if (extension !== undefined && !subject.extensions.includes(extension)) {
    return { name, outcome: 'skipped', reason: `the server does not announce ${extension}` };
  }
  const why = one.skip?.(subject);
  if (why !== undefined) return { name, outcome: 'skipped', reason: why };
  try {
    await one.run(subject);
    return { name, outcome: 'passed' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, outcome: 'failed', reason };
  }
}
