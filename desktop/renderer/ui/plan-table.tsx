import { Check, X } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ChangeKind, FieldChange } from '../../shared/domain/diff.ts';
import type { Plan, PreflightCheck } from '../../shared/domain/plan.ts';
import { classNames } from './class-names.ts';
import { Tag } from './status-dot.tsx';

const TAGS: Readonly<Record<ChangeKind, readonly [string, 'idle' | 'ok' | 'warn' | 'bad']>> = {
  same: ['Same', 'idle'],
  changed: ['Changed', 'warn'],
  new: ['New', 'ok'],
  removed: ['Removed', 'bad'],
};

const IMPACTS = {
  none: 'nothing',
  traffic: 'traffic only',
  service: 'service setting',
  revision: 'new revision',
  rebuild: 'build and new revision',
} as const;

function PlanRow({ row }: { readonly row: FieldChange }): ReactElement {
  const [word, tone] = TAGS[row.change];
  return (
    <tr className={classNames(row.change === 'same' && 'plan-same')}>
      <td className="mono">{row.field}</td>
      <td className="mono plan-now">{row.current ?? '–'}</td>
      <td className="mono">{row.next ?? '–'}</td>
      <td title={`Costs: ${IMPACTS[row.impact]}`}>
        <Tag tone={tone}>{word}</Tag>
      </td>
    </tr>
  );
}

type PlanTableProps = Pick<Plan, 'currentLabel' | 'nextLabel' | 'rows'>;

/** What changes stands first: nobody should have to look for it among what stays. */
function changesFirst(rows: readonly FieldChange[]): readonly FieldChange[] {
  const stays = (row: FieldChange): number => (row.change === 'same' ? 1 : 0);
  return rows.toSorted((a, b) => stays(a) - stays(b));
}

/** What a change would do, field by field: Field, Now, Then, and a word. */
export function PlanTable({ currentLabel, nextLabel, rows }: PlanTableProps): ReactElement {
  return (
    <table className="table plan" aria-label="Planned changes">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">{`Now: ${currentLabel}`}</th>
          <th scope="col">{`Then: ${nextLabel}`}</th>
          <th scope="col">
            <span className="sr-only">Change</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {changesFirst(rows).map((row) => (
          <PlanRow key={row.field} row={row} />
        ))}
      </tbody>
    </table>
  );
}

/** The checks made before a plan may be carried out. */
export function PlanChecks({
  checks,
}: {
  readonly checks: readonly PreflightCheck[];
}): ReactElement {
  return (
    <ul className="checks" aria-label="Checks">
      {checks.map((check) => (
        <li key={check.title} className={check.ok ? 'check-ok' : 'check-bad'}>
          {check.ok ? <Check aria-label="passed" /> : <X aria-label="not passed" />}
          {check.title}
          {check.detail !== null && `: ${check.detail}`}
        </li>
      ))}
    </ul>
  );
}
