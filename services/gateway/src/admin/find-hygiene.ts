import type { HygieneFinding, hygieneAnswer } from '@omni/contracts/gateway-admin/usage.ts';
import type { z } from 'zod';
import type { KeyRepository, KeyState, StoredKey } from '../keys/key-repository.ts';
import type { AdminParts } from './admin-parts.ts';
import { judgeHygiene } from './judge-hygiene.ts';

const DAY_MS = 24 * 3_600_000;
const PAGE = 200;
/** A store of a million keys would have a million findings. */
const MOST = 500;

/** Findings about all active keys, keys of API_KEYS last. */
export async function findHygiene(
  { openStore, staticKeys }: AdminParts,
  days: number,
): Promise<z.input<typeof hygieneAnswer>> {
  const findings: HygieneFinding[] = [];
  if (openStore !== null) await judgeAll(await openStore(), days, findings);
  await judgeAll(staticKeys, days, findings);
  return { findings: findings.slice(0, MOST), truncated: findings.length > MOST };
}

async function judgeAll(
  repository: KeyRepository,
  days: number,
  findings: HygieneFinding[],
): Promise<void> {
  const now = new Date();
  const activity = await repository.readActivity(new Date(now.getTime() - days * DAY_MS));
  const byKey = new Map(activity.map((each) => [each.keyId, each]));
  const judge = (key: StoredKey): readonly HygieneFinding[] =>
    judgeHygiene(key, byKey.get(key.id), { now, days });
  for (const state of ['active', 'rotating'] as const) {
    await eachKey(repository, state, (key) => {
      findings.push(...judge(key));
      return findings.length <= MOST;
    });
  }
}

/** Goes through the pages for as long as it is told to go on. */
async function eachKey(
  repository: KeyRepository,
  state: KeyState,
  goOn: (key: StoredKey) => boolean,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await repository.list({ state, limit: PAGE, cursor });
    if (!page.keys.every(goOn)) return;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}
