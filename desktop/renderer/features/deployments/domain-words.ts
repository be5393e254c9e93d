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
  return { tone: 'warn', word, missing: recordsToSet(records.length) };
}

/** The platform doesn't say whether they are set: only that it goes on once they answer. */
function recordsToSet(count: number): string {
  if (count === 0) return 'Google issues it within minutes.';
  return count === 1
    ? '1 DNS record has to be set; the certificate follows once it answers.'
    : `${String(count)} DNS records have to be set; the certificate follows once they answer.`;
}
