import type { ReactElement } from 'react';
import type { DnsRecord, DomainMapping } from '../../../shared/domain/domain-mapping.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import { domainWords } from './domain-words.ts';

/** One line of a zone file, ready to be pasted. */
function zoneLine({ name, type, value }: DnsRecord): string {
  return `${nameOf(name)} IN ${type} ${value}`;
}

/** The domain itself has no name of its own in its zone. */
function nameOf(name: string): string {
  return name === '' ? '@' : name;
}

const COLUMNS: readonly Column<DnsRecord>[] = [
  { id: 'name', title: 'Name', cell: ({ name }) => <span className="mono">{nameOf(name)}</span> },
  { id: 'type', title: 'Type', cell: ({ type }) => <span className="mono">{type}</span> },
  { id: 'value', title: 'Value', cell: ({ value }) => <span className="mono">{value}</span> },
  {
    id: 'copy',
    title: '',
    kind: 'end',
    cell: ({ value, type }) => <CopyButton text={value} label={`Copy ${type} value`} iconOnly />,
  },
];

interface DomainDialogProps {
  readonly mapping: DomainMapping;
  readonly onClose: () => void;
}

/** What has to be set at the registrar for a domain to reach its service, and how far it is. */
export function DomainDialog({ mapping, onClose }: DomainDialogProps): ReactElement {
  const { domain, records, reason } = mapping;
  const { tone, word, missing } = domainWords(mapping);
  return (
    <Dialog
      title={`DNS records of ${domain}`}
      lead="Set them where the domain is registered. The console reads them; it sets none."
      onClose={onClose}
      footer={
        <>
          {records.length > 0 && (
            <CopyButton text={records.map(zoneLine).join('\n')} label="Copy all as zone file" />
          )}
          <span className="grow" />
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <p className="row">
        <Pill tone={tone}>{word}</Pill>
        {missing !== null && <span>{missing}</span>}
      </p>
      {reason !== null && <p className="meta">{`Google says: ${reason}`}</p>}
      {records.length === 0 ? (
        <p className="meta">Google names no record for it.</p>
      ) : (
        <div className="dialog-bleed">
          <DataTable
            label={`DNS records of ${domain}`}
            columns={COLUMNS}
            rows={records}
            rowKey={(record) => zoneLine(record)}
          />
        </div>
      )}
    </Dialog>
  );
}
