import type { HygieneFinding } from '@omni/contracts/gateway-admin/usage.ts';
import type { StoredKey } from '../keys/key-repository.ts';
import type { KeyActivity, KeySource } from '../keys/key-usage.ts';
import { suggestCidrs } from '../keys/key-sources.ts';
import { compileScopes, parseScope } from '../keys/scope.ts';
import { METHODS } from '../routing/config-document.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A source is new for so long, and only for keys that were used before. */
const NEW_FOR_MS = DAY_MS;
/** Errors of the last hour are a spike from so many requests, share, and times the day before. */
const SPIKE = { requests: 20, share: 0.2, times: 3 };
/** What is proposed for a key without an end. */
const PROPOSED_LIFE_MS = 90 * DAY_MS;

export interface HygieneQuestion {
  readonly now: Date;
  /** Not used for so many days is unused; a younger key is not. */
  readonly days: number;
}

type Finding = Omit<HygieneFinding, 'keyId' | 'name'>;

/**
 * What about an active key should be looked at, worst first. `activity` is undefined for a key that
 * was not used in the time that is looked at.
 */
export function judgeHygiene(
  key: StoredKey,
  activity: KeyActivity | undefined,
  question: HygieneQuestion,
): readonly HygieneFinding[] {
  const findings = [
    errorSpike(activity),
    ...newSources(activity, question),
    key.weak ? weak() : null,
    unused(key, question),
    unusedScopes(key, activity, question),
    neverExpires(key, question),
  ];
  return findings.flatMap((finding) =>
    finding === null ? [] : [{ keyId: key.id, name: key.name, ...finding }],
  );
}

function errorSpike(activity: KeyActivity | undefined): Finding | null {
  if (activity === undefined) return null;
  const { lastHour, dayBefore } = activity;
  const share = shareOf(lastHour);
  if (lastHour.requests < SPIKE.requests || share < SPIKE.share) return null;
  if (share < SPIKE.times * shareOf(dayBefore)) return null;
  const detail = `${percent(share)} of ${String(lastHour.requests)} requests failed in the last hour; ${percent(shareOf(dayBefore))} the day before`;
  return { kind: 'error_spike', detail, narrow: null };
}

function newSources(
  activity: KeyActivity | undefined,
  { now }: HygieneQuestion,
): readonly Finding[] {
  const sources = activity?.sources ?? [];
  return (['address', 'agent'] as const).flatMap((kind) => {
    const mine = sources.filter((source) => source.kind === kind);
    const [fresh, known] = [
      mine.filter((source) => isNew(source, now)),
      mine.filter((source) => !isNew(source, now)),
    ];
    // A key whose every source is new is a new key.
    if (fresh.length === 0 || known.length === 0) return [];
    const names = fresh.map(({ name }) => name).join(', ');
    const detail = `New ${kind === 'address' ? 'addresses' : 'agents'} in the last day: ${names}`;
    const cidrs = suggestCidrs(known.map(({ name }) => name));
    const narrow = kind === 'address' && cidrs.length > 0 ? { cidrs: [...cidrs] } : null;
    return [{ kind: 'new_source' as const, detail, narrow }];
  });
}

function isNew({ firstSeen }: KeySource, now: Date): boolean {
  return now.getTime() - firstSeen.getTime() < NEW_FOR_MS;
}

function weak(): Finding {
  return { kind: 'weak', detail: 'Fewer than 128 bits of entropy: rotate it', narrow: null };
}

function unused(key: StoredKey, question: HygieneQuestion): Finding | null {
  const lastUse = key.lastUsedAt;
  if (!isOlder(lastUse ?? key.createdAt, question)) return null;
  const detail =
    lastUse === null ? 'Never used' : `Not used since ${lastUse.toISOString().slice(0, 10)}`;
  return { kind: 'unused', detail, narrow: { expiresAt: question.now.toISOString() } };
}

function unusedScopes(
  key: StoredKey,
  activity: KeyActivity | undefined,
  question: HygieneQuestion,
): Finding | null {
  const { scopes } = key;
  if (activity === undefined || !isOlder(key.createdAt, question)) return null;
  const used = scopes.filter((scope) => isUsed(scope, activity.routes));
  if (used.length === 0 || used.length === scopes.length) return null;
  const idle = scopes.filter((scope) => !used.includes(scope));
  return {
    kind: 'unused_scopes',
    detail: `Never used: ${idle.join('; ')}`,
    narrow: { scopes: used },
  };
}

/** Usage is counted by route, not by method; the name of a permission is on no route. */
function isUsed(scope: string, routes: readonly string[]): boolean {
  if (parseScope(scope)?.kind !== 'route') return true;
  const matches = compileScopes([scope]);
  return routes.some((route) => METHODS.some((method) => matches?.(method, route) === true));
}

function neverExpires(key: StoredKey, { now }: HygieneQuestion): Finding | null {
  if (key.expiresAt !== null) return null;
  const expiresAt = new Date(now.getTime() + PROPOSED_LIFE_MS).toISOString();
  return { kind: 'never_expires', detail: 'Has no end', narrow: { expiresAt } };
}

function isOlder(date: Date | null, { now, days }: HygieneQuestion): boolean {
  return date !== null && now.getTime() - date.getTime() > days * DAY_MS;
}

function shareOf({ requests, errors }: { requests: number; errors: number }): number {
  return requests === 0 ? 0 : errors / requests;
}

function percent(share: number): string {
  return `${String(Math.round(share * 100))} %`;
}
