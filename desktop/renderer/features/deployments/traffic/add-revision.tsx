import type { ReactElement } from 'react';
import type { TrafficShare } from '../../../../shared/domain/traffic.ts';
import { SelectField } from '../../../ui/field.tsx';
import { useRevisions } from '../use-deployments.ts';
import { addable } from './split-draft.ts';

interface AddRevisionProps {
  readonly serviceId: string;
  readonly draft: readonly TrafficShare[];
  readonly onEdit: (draft: readonly TrafficShare[]) => void;
}

/** Puts one more revision into the split, at 0 %. */
export function AddRevision({ serviceId, draft, onEdit }: AddRevisionProps): ReactElement {
  const revisions = useRevisions(serviceId, false);
  const options = addable(revisions.data?.map(({ revision }) => revision) ?? [], draft);
  return (
    <div className="traffic-add">
      <SelectField
        label="Add a revision"
        value=""
        disabled={options.length === 0}
        options={[
          { value: '', label: options.length === 0 ? 'None is left' : 'Choose…' },
          ...options.map(({ name }) => ({ value: name, label: name })),
        ]}
        onChange={(name) => {
          if (name !== '') onEdit([...draft, { revision: name, percent: 0, tag: null }]);
        }}
      />
      <p className="meta">
        Whatever one gets, the others share the rest in their proportion: it is always 100 %.
      </p>
    </div>
  );
}
