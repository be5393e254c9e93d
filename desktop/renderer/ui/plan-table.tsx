import { Check, ChevronRight, CircleDashed, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { CHANGE_GROUPS } from '../../shared/domain/diff.ts';
import type { ChangeGroup, ChangeKind, FieldChange, Impact } from '../../shared/domain/diff.ts';
import type { Plan, PreflightCheck } from '../../shared/domain/plan.ts';
import { classNames } from './class-names.ts';
import { Tag } from './status-dot.tsx';

const TAGS: Readonly<Record<ChangeKind, readonly [string, 'idle' | 'ok' | 'warn' | 'bad']>> = {
  same: ['Same', 'idle'],
  changed: ['Changed', 'warn'],
  new: ['New', 'ok'],
  removed: ['Removed', 'bad'],
};

const EFFECTS: Readonly<Record<Impact, string>> = {
  none: '',
  traffic: 'traffic only',
  service: 'service, at once',
  revision: 'new revision',
  rebuild: 'build, new revision',
};

const GROUPS: Readonly<Record<ChangeGroup, string>> = {
  traffic: 'Traffic',
  image: 'Image',
  environment: 'Environment',
  secrets: 'Secrets',
  resources: 'Resources',
  scaling: 'Scaling',
  requests: 'Requests',
  probes: 'Probes',
  access: 'Access',
};

interface PlanRowProps {
  readonly row: FieldChange;
  readonly isRebased: boolean;
}

function PlanRow({ row, isRebased }: PlanRowProps): ReactElement {
  const [word, tone] = TAGS[row.change];
  return (
    <tr className={classNames(row.change === 'same' && 'plan-same', isRebased && 'plan-rebased')}>
      <th scope="row" className="mono">
        {row.field}
        {isRebased && <span className="sr-only"> (different now)</span>}
      </th>
      <td className="mono plan-now">{row.current ?? '–'}</td>
      <td className="mono">{row.next ?? '–'}</td>
      <td className="plan-effect">
        {EFFECTS[row.impact]}
        <Tag tone={tone}>{word}</Tag>
      </td>
    </tr>
  );
}

interface PlanTableProps extends Pick<Plan, 'currentLabel' | 'nextLabel' | 'rows'> {
  /** Rows of the plan that didn't hold any more: what differs from them is marked. */
  readonly before?: readonly FieldChange[] | null;
}

/** Is this row not what the earlier plan had said? */
function isDifferent(row: FieldChange, before: readonly FieldChange[] | null): boolean {
  if (before === null) return false;
  const was = before.find(({ group, field }) => group === row.group && field === row.field);
  return was?.current !== row.current || was.next !== row.next;
}

interface GroupBodyProps {
  readonly group: ChangeGroup;
  readonly rows: readonly FieldChange[];
  readonly before: readonly FieldChange[] | null;
}

function GroupBody({ group, rows, before }: GroupBodyProps): ReactElement | null {
  const own = rows.filter((row) => row.group === group);
  if (own.length === 0) return null;
  return (
    <tbody>
      <tr className="plan-group">
        <th scope="rowgroup" colSpan={4}>
          {GROUPS[group]}
        </th>
      </tr>
      {own.map((row) => (
        <PlanRow key={row.field} row={row} isRebased={isDifferent(row, before)} />
      ))}
    </tbody>
  );
}

/**
 * What a change would do, field by field and by subject, with its effect. What stays is folded away
 * behind one line: nobody should have to look for what changes among it.
 */
export function PlanTable(props: PlanTableProps): ReactElement {
  const { currentLabel, nextLabel, rows, before = null } = props;
  const [isWhole, setWhole] = useState(false);
  const same = rows.filter(({ change }) => change === 'same').length;
  const shown = isWhole ? rows : rows.filter(({ change }) => change !== 'same');
  return (
    <>
      <table className="table plan" aria-label="Planned changes">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">{`Now: ${currentLabel}`}</th>
            <th scope="col">{`Then: ${nextLabel}`}</th>
            <th scope="col">Effect</th>
          </tr>
        </thead>
        {CHANGE_GROUPS.map((group) => (
          <GroupBody key={group} group={group} rows={shown} before={before} />
        ))}
      </table>
      {same > 0 && (
        <button
          type="button"
          className="plan-fold"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          <ChevronRight aria-hidden />
          {same === 1 ? '1 field stays as it is' : `${String(same)} fields stay as they are`}
        </button>
      )}
    </>
  );
}

function CheckSign({ check }: { readonly check: PreflightCheck }): ReactElement {
  if (check.unknown === true) return <CircleDashed aria-label="not checked" />;
  return check.ok ? <Check aria-label="passed" /> : <X aria-label="not passed" />;
}

function checkClass({ ok, unknown }: PreflightCheck): string {
  if (unknown === true) return 'check-unknown';
  return ok ? 'check-ok' : 'check-bad';
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
        <li key={check.title} className={checkClass(check)}>
          <CheckSign check={check} />
          {check.title}
          {check.detail !== null && `: ${check.detail}`}
        </li>
      ))}
    </ul>
  );
}
