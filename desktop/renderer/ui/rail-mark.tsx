import { Check, Minus, X } from 'lucide-react';
import type { ReactElement } from 'react';
import type { StageState } from '../../shared/domain/operation.ts';

const SIGNS: Readonly<Record<StageState, ReactElement | null>> = {
  pending: null,
  running: null,
  done: <Check aria-hidden />,
  failed: <X aria-hidden />,
  cancelled: <Minus aria-hidden />,
  skipped: <Minus aria-hidden />,
};

/** The mark of one stop on a rail; its words stand beside it. */
export function RailMark({ state }: { readonly state: StageState }): ReactElement {
  return <span className="rail-mark">{SIGNS[state]}</span>;
}
