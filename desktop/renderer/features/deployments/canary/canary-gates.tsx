import type { ReactElement } from 'react';
import type { CanaryEvaluation, GateId, GateReading } from '../../../../shared/domain/canary.ts';
import type { Column } from '../../../ui/data-table.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Pill } from '../../../ui/status-dot.tsx';
import {
  GATE_TITLES,
  gateWord,
  limitText,
  sideText,
  valueText,
  verdictWord,
} from './canary-view.ts';
import { GateChart } from './gate-chart.tsx';

interface CanaryGatesProps {
  readonly evaluations: readonly CanaryEvaluation[];
}

const GATES: readonly GateId[] = ['samples', 'errors', 'p95', 'p99'];

/** The requirements as they stood at the last evaluation. */
export function CanaryGates({ evaluations }: CanaryGatesProps): ReactElement {
  const last = evaluations.at(-1);
  const verdict = last === undefined ? null : verdictWord(last.verdict);
  return (
    <Panel
      title="Gates"
      className="canary-gates"
      aside={verdict !== null && <Pill tone={verdict.tone}>{verdict.word}</Pill>}
      end={last !== undefined && <span className="meta">{judgeWords(last)}</span>}
    >
      {last === undefined || last.gates.length === 0 ? (
        <p className="panel-body sub">
          {last?.reasons.join('; ') ?? 'The first evaluation comes after one interval at a step.'}
        </p>
      ) : (
        <DataTable
          label="Gates"
          columns={columns(evaluations)}
          rows={sorted(last.gates)}
          rowKey={({ id }) => id}
        />
      )}
    </Panel>
  );
}

function sorted(gates: readonly GateReading[]): readonly GateReading[] {
  return gates.toSorted((a, b) => GATES.indexOf(a.id) - GATES.indexOf(b.id));
}

function judgeWords({ judgedBy, windowSeconds, samples }: CanaryEvaluation): string {
  const judge = judgedBy === 'backend' ? 'judged by the backend' : 'judged by the console';
  return `${judge} over ${String(windowSeconds)} s, ${String(samples.canary)} against ${String(samples.stable)} requests`;
}

function columns(evaluations: readonly CanaryEvaluation[]): readonly Column<GateReading>[] {
  return [
    { id: 'gate', title: 'Gate', cell: ({ id }) => <b>{GATE_TITLES[id]}</b> },
    {
      id: 'canary',
      title: 'Canary',
      kind: 'number',
      cell: (gate) => sideText(gate.id, gate.canary),
    },
    {
      id: 'stable',
      title: 'Stable',
      kind: 'number',
      cell: (gate) => sideText(gate.id, gate.stable),
    },
    {
      id: 'chart',
      title: 'Against its limit',
      cell: ({ id }) => <GateChart id={id} evaluations={evaluations} />,
    },
    { id: 'value', title: 'Now', kind: 'number', cell: (gate) => valueText(gate) },
    {
      id: 'limit',
      title: 'Limit',
      kind: 'number',
      cell: (gate) => <span className="sub">{limitText(gate)}</span>,
    },
    {
      id: 'verdict',
      title: 'Verdict',
      kind: 'end',
      cell: ({ verdict }) => <Pill tone={gateWord(verdict).tone}>{gateWord(verdict).word}</Pill>,
    },
  ];
}
