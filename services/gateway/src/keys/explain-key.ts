import type { AuthFailure, AuthSubject } from './auth-decision.ts';
import type { StoredKeys } from './api-key-auth.ts';
import type { KeyHasher } from './hash-key.ts';
import { CHECKS } from './judge-key.ts';
import type { KeyFacts } from './judge-key.ts';
import { NO_ROW } from './key-columns.ts';
import { emptyFacts, readAttempt, readFacts, rowOf } from './key-lookup.ts';
import { matchSecret } from './match-secret.ts';
import { compileScopes } from './scope.ts';

/** A request that is only thought of. */
export interface ThoughtRequest extends Omit<AuthSubject, 'clientAddress'> {
  /** Left out: address lists are not asked. */
  readonly clientAddress?: string | undefined;
  /** Instead of the key's own. */
  readonly scopes?: readonly string[] | undefined;
}

/** Either the text that a request would carry, or the id of a key whose secret is taken as right. */
export type ThoughtCredential = { readonly text: string } | { readonly keyId: string };

export interface ExplainedStep {
  readonly check: 'grammar' | 'record' | 'secret' | AuthFailure;
  readonly outcome: 'passed' | 'refused' | 'not_asked';
}

export interface Explanation {
  readonly kind: 'allowed' | 'refused' | 'forbidden';
  /** As logs and metrics name it; null when allowed. */
  readonly reason: AuthFailure | null;
  readonly steps: readonly ExplainedStep[];
}

export interface ExplainOptions {
  hasher: KeyHasher;
  stored: Pick<StoredKeys, 'columns' | 'now'>;
  environments: ReadonlySet<string> | null;
}

/** Explains what would be decided about a request, by the same parts that decide. */
export type ExplainKey = (credential: ThoughtCredential, request: ThoughtRequest) => Explanation;

export function createExplainKey({ hasher, stored, environments }: ExplainOptions): ExplainKey {
  const { columns } = stored;
  return (credential, request) => {
    const nowMs = stored.now();
    const found =
      'text' in credential
        ? present(hasher, { columns, nowMs }, credential.text)
        : { row: columns.find(credential.keyId, 0, credential.keyId.length), reason: null };
    const reason = found.reason ?? (found.row === NO_ROW ? 'unknown' : null);
    if (reason !== null) return explanation(reason, stepsBefore(reason));
    const facts = readFacts({ columns, nowMs }, found.row, emptyFacts(environments));
    return judge(withScopes(facts, request), request);
  };
}

/** The row of a text whose secret matches, or why not. */
function present(
  hasher: KeyHasher,
  { columns, nowMs }: { columns: StoredKeys['columns']; nowMs: number },
  text: string,
): { row: number; reason: AuthFailure | null } {
  const attempt = readAttempt(hasher, text);
  const row = rowOf(columns, attempt);
  if (matchSecret({ columns, nowMs }, row, attempt) >= 0) return { row, reason: null };
  if (attempt.idAt < 0) return { row, reason: 'malformed' };
  return { row, reason: row === NO_ROW ? 'unknown' : 'bad_secret' };
}

function judge(facts: KeyFacts, request: ThoughtRequest): Explanation {
  const { method, path, clientAddress = '' } = request;
  const steps: ExplainedStep[] = [...stepsBefore(null)];
  let reason: AuthFailure | null = null;
  for (const check of CHECKS) {
    const isAsked =
      reason === null && !(check.reason === 'ip' && request.clientAddress === undefined);
    const refuses = isAsked && check.refuses(facts, { method, path, clientAddress });
    if (refuses) reason = check.reason;
    steps.push({ check: check.reason, outcome: outcomeOf(isAsked, refuses) });
  }
  return explanation(reason, steps);
}

function outcomeOf(isAsked: boolean, refuses: boolean): ExplainedStep['outcome'] {
  if (!isAsked) return 'not_asked';
  return refuses ? 'refused' : 'passed';
}

/** The steps until the secret matched; `reason` is where it ended, null when it passed them all. */
function stepsBefore(reason: AuthFailure | null): ExplainedStep[] {
  const firsts = { grammar: 'malformed', record: 'unknown', secret: 'bad_secret' } as const;
  const steps: ExplainedStep[] = [];
  let isOver = false;
  for (const [check, ends] of Object.entries(firsts) as [keyof typeof firsts, AuthFailure][]) {
    steps.push({ check, outcome: outcomeOf(!isOver, ends === reason) });
    if (ends === reason) isOver = true;
  }
  if (!isOver) return steps;
  return [
    ...steps,
    ...CHECKS.map((each) => ({ check: each.reason, outcome: 'not_asked' as const })),
  ];
}

function explanation(reason: AuthFailure | null, steps: readonly ExplainedStep[]): Explanation {
  if (reason === null) return { kind: 'allowed', reason, steps };
  return { kind: reason === 'scope' ? 'forbidden' : 'refused', reason, steps };
}

function withScopes(facts: KeyFacts, { scopes }: ThoughtRequest): KeyFacts {
  if (scopes === undefined) return facts;
  return { ...facts, policy: { ...facts.policy, inScope: compileScopes(scopes) } };
}
