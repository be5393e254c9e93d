import type { DomainMapping } from '../../../shared/domain/domain-mapping.ts';
import type { Tone } from '../../ui/status-dot.tsx';

interface DomainWords {
  readonly tone: Tone;
  readonly word: string;
  /** What is missing, in the console's words; null when nothing is. */
  readonly missing: string | null;
}

/** A domain's state for an operator: what it is, and what has to happen next. */
export function domainWords({ state, waitsFor, records }: DomainMapping): DomainWords {
  if (state === 'ready') return { tone: 'ok', word: 'Ready', missing: null };
  if (state === 'failed') return { tone: 'bad', word: 'Failed', missing: null };
  if (waitsFor === 'route') {
    return { tone: 'running', word: 'Route pending', missing: 'Google is still setting it up.' };
  }
  const word = waitsFor === 'certificate' ? 'Certificate pending' : 'Pending';
  const many =
    records.length === 1 ? '1 DNS record has' : `${String(records.length)} DNS records have`;
  const missing =
    records.length === 0
      ? 'Google issues it within minutes.'
      : `${many} to be set; the certificate is issued once they answer.`;
  return { tone: 'warn', word, missing };
}
