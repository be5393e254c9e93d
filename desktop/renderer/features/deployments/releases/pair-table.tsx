import type { ReactElement } from 'react';
import type { ReleasePart } from '../../../../shared/domain/release.ts';

interface PairRow {
  readonly service: ReleasePart['service'];
  /** What serves afterwards. */
  readonly next: string;
  /** Whether that is a revision's name, or words for one that isn't made yet. */
  readonly isName: boolean;
}

interface PairTableProps {
  readonly serving: readonly ReleasePart[];
  readonly rows: readonly PairRow[];
}

/** What serves of each service now, and what then. */
export function PairTable({ serving, rows }: PairTableProps): ReactElement {
  return (
    <table className="table" aria-label="What moves">
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">Now</th>
          <th scope="col">Then</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ service, next, isName }) => (
          <tr key={service}>
            <td>{service}</td>
            <td className="mono">
              {serving.find((part) => part.service === service)?.revision ?? 'nothing'}
            </td>
            <td className={isName ? 'mono' : undefined}>{next}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
