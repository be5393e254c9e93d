/** How far an instance has come, as it writes it itself. */
export interface NewReceipt {
  /** Unique per process. */
  instance: string;
  revision: string;
  /** Every change up to this one is enforced. */
  epoch: number;
  /** Time since the query was sent that proved it. */
  ageMs: number;
}

/**
 * `confirmed`: works by the epoch that was asked for. `behind`: reported lately, an older one.
 * `idle_guarded`: silent for so long that it must ask the store before it serves again. `lost`:
 * counted out.
 */
export type ReceiptState = 'confirmed' | 'behind' | 'idle_guarded' | 'lost';

export interface InstanceReceipt {
  instance: string;
  revision: string;
  epoch: number;
  /** Clock of the store. */
  confirmedAt: Date;
  /** Age by the clock of the store when it was read. */
  ageMs: number;
}

/**
 * After this silence an instance has certainly nothing left that it may decide by: the longest time
 * that an unconfirmed table decides (5 s), and the time between two receipts.
 */
export const GUARDED_AFTER_MS = 8_000;
/** Nothing runs that long without a request or a check; its container is gone. */
export const LOST_AFTER_MS = 15 * 60_000;

/** What a receipt says about a change that was committed with this epoch. */
export function receiptState(receipt: InstanceReceipt, epoch: number): ReceiptState {
  if (receipt.ageMs > LOST_AFTER_MS) return 'lost';
  if (receipt.epoch >= epoch) return 'confirmed';
  return receipt.ageMs > GUARDED_AFTER_MS ? 'idle_guarded' : 'behind';
}
