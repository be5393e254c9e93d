import type { EpochStatus } from '@omni/contracts/gateway-admin/epoch.ts';
import { receiptState } from '../keys/instance-receipt.ts';
import type { AdminParts } from './admin-parts.ts';
import { requireDatabase, requireStore } from './admin-parts.ts';

const CHANGED_AT = `
  SELECT store.epoch, c.at FROM keystore store
  LEFT JOIN LATERAL (
    SELECT min(at) AS at FROM key_changes WHERE epoch = coalesce($1::bigint, store.epoch)
  ) c ON true`;

/** How far every instance has come towards a change, by default the newest one. */
export async function readEpochStatus(
  parts: AdminParts,
  asked: number | undefined,
): Promise<EpochStatus> {
  const { query } = await requireDatabase(parts);
  const [row] = await query<{ epoch: string; at: Date | null }>(CHANGED_AT, [asked ?? null]);
  const epoch = asked ?? Number(row?.epoch ?? 0);
  const receipts = await (await requireStore(parts)).receipts();
  return {
    epoch,
    changedAt: row?.at?.toISOString() ?? null,
    instances: receipts.map((receipt) => ({
      ...receipt,
      confirmedAt: receipt.confirmedAt.toISOString(),
      ageMs: Math.round(receipt.ageMs),
      state: receiptState(receipt, epoch),
    })),
  };
}
