import { useState } from 'react';
import type { ReactElement } from 'react';
import type { DomainMapping } from '../../../shared/domain/domain-mapping.ts';
import { errorMessage } from '../../api/error-message.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { clockTime } from '../../ui/format-time.ts';
import { Pill, Tag } from '../../ui/status-dot.tsx';
import { DomainDialog } from './domain-dialog.tsx';
import { domainWords } from './domain-words.ts';
import { useDomains } from './use-deployments.ts';

/**
 * The own domains of a service under its address; nothing where the target has none, and nothing until
 * they are known.
 */
export function DomainLines({ serviceId }: { readonly serviceId: string }): ReactElement | null {
  const domains = useDomains(serviceId);
  if (domains.data === undefined) return domains.isError ? <Unknown domains={domains} /> : null;
  if (domains.data === null) return null;
  return (
    <ul className="domain-lines" aria-label="Own domains">
      {domains.data.length === 0 && (
        <li className="cost-line">
          <Tag>Domain</Tag>
          <span className="meta">None is mapped to it: only its own address answers.</span>
        </li>
      )}
      {domains.data.map((mapping) => (
        <DomainLine key={mapping.domain} mapping={mapping} />
      ))}
      {domains.isError && (
        <li className="meta">{`As of ${clockTime(domains.dataUpdatedAt)}: they could not be read again.`}</li>
      )}
    </ul>
  );
}

/** The reason, and a way to ask again: a missing line would look like no domain. */
function Unknown({ domains }: { readonly domains: ReturnType<typeof useDomains> }): ReactElement {
  const { title, nextStep } = errorMessage(domains.error);
  const retry = (): void => {
    domains.refetch().catch(reportError);
  };
  return (
    <div className="cost-line" role="group" aria-label="Own domains">
      <Tag>Domain</Tag>
      <span className="meta">{`Not known: ${title}. ${nextStep}`}</span>
      <Button kind="ghost" small onClick={retry}>
        Try again
      </Button>
    </div>
  );
}

function DomainLine({ mapping }: { readonly mapping: DomainMapping }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const { domain, records, reason } = mapping;
  const { tone, word, missing } = domainWords(mapping);
  return (
    <li className="cost-line">
      <Tag>Domain</Tag>
      <span className="serving-address">
        <span className="mono">{domain}</span>
        <CopyButton text={`https://${domain}`} label={`Copy address of ${domain}`} iconOnly />
      </span>
      <Pill tone={tone}>{word}</Pill>
      {(missing ?? reason) !== null && <span className="meta">{missing ?? reason}</span>}
      {(records.length > 0 || reason !== null) && (
        <Button
          kind="ghost"
          small
          aria-label={`DNS records of ${domain}…`}
          onClick={() => setOpen(true)}
        >
          DNS records…
        </Button>
      )}
      {isOpen && <DomainDialog mapping={mapping} onClose={() => setOpen(false)} />}
    </li>
  );
}
