import type { ReactElement } from 'react';
import type { BoardQuery } from '../../../shared/contract/metrics.ts';
import { ChoiceChip } from '../../ui/menu.tsx';
import type { Choice } from '../../ui/menu.tsx';
import { useFilterChoices } from './use-board.ts';

const ALL = '';

const SERVICES: readonly Choice<BoardQuery['service']>[] = [
  { value: 'backend', label: 'backend' },
  { value: 'gateway', label: 'gateway' },
];

function choicesOf(names: readonly string[], chosen: string | null): readonly Choice<string>[] {
  // What is chosen stays choosable when the metrics no longer name it.
  const all = chosen === null || names.includes(chosen) ? names : [chosen, ...names];
  return [{ value: ALL, label: 'all' }, ...all.map((name) => ({ value: name, label: name }))];
}

interface BoardFiltersProps {
  readonly filter: BoardQuery;
  readonly onChange: (part: Partial<BoardQuery>) => void;
}

/** Which part of the traffic the board shows. */
export function BoardFilters({ filter, onChange }: BoardFiltersProps): ReactElement {
  const { routes, revisions } = useFilterChoices(filter.service);
  return (
    <div className="row board-filters">
      <ChoiceChip
        label="Service"
        choices={SERVICES}
        value={filter.service}
        onChange={(service) => {
          onChange({ service });
        }}
      />
      <ChoiceChip
        label="Route"
        choices={choicesOf(routes, filter.route)}
        value={filter.route ?? ALL}
        onChange={(route) => {
          onChange({ route: route === ALL ? null : route });
        }}
      />
      <ChoiceChip
        label="Revision"
        choices={choicesOf(revisions, filter.revision)}
        value={filter.revision ?? ALL}
        onChange={(revision) => {
          onChange({ revision: revision === ALL ? null : revision });
        }}
      />
    </div>
  );
}
