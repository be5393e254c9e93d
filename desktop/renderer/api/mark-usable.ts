import { USABLE_MARK } from '../../shared/contract/handshake.ts';

/** Says once that the first real data is on screen; tests and the start bench wait for it. */
export function markUsable(): void {
  const page = document.documentElement;
  if (page.dataset['usable'] === 'true') return;
  page.dataset['usable'] = 'true';
  performance.mark(USABLE_MARK);
}
