import { createContext, use } from 'react';
import type { ReactElement } from 'react';
import type { Target } from '../../shared/domain/target.ts';

/** What a mark needs of a target. */
export type MarkedTarget = Pick<Target, 'name' | 'class' | 'mode'>;

const TargetMarkContext = createContext<MarkedTarget | null>(null);

/** Says to everything inside which target it is about. */
export const TargetMarkProvider = TargetMarkContext.Provider;

/** The target that everything here is about; null where none is known yet. */
export function useTargetMark(): MarkedTarget | null {
  return use(TargetMarkContext);
}

/** The class of a target as a word on its colour. */
export function ClassMark({ target }: { readonly target: Pick<Target, 'class'> }): ReactElement {
  return <span className={`class-mark class-${target.class}`}>{target.class.toUpperCase()}</span>;
}

/** Class and name of the target that a dialog is about. */
export function TargetMark(): ReactElement | null {
  const target = useTargetMark();
  if (target === null) return null;
  return (
    <span className="target-mark">
      <ClassMark target={target} />
      <span className="clip">{target.name}</span>
    </span>
  );
}
