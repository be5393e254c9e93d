import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DomainMapping } from '../../../shared/domain/domain-mapping.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import { unreachable } from '../../testing/fake-error.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { DomainLines } from './domain-lines.tsx';
import { domainWords } from './domain-words.ts';

afterEach(cleanup);

const record = { name: 'api', type: 'CNAME', value: 'ghs.googlehosted.com.' };
const PENDING: DomainMapping = {
  domain: 'api.example.com',
  state: 'pending',
  reason: 'Waiting for certificate provisioning.',
  waitsFor: 'certificate',
  records: [record],
};

function lines(listDomains: () => Promise<DomainMapping[] | null>): ReturnType<typeof vi.fn> {
  const asked = vi.fn(listDomains);
  const client = createFakeClient('full', { deployments: { listDomains: asked } });
  renderConsole(
    <>
      <p>beside them</p>
      <DomainLines serviceId="gateway" />
    </>,
    { client },
  );
  return asked;
}

describe('the own domains of a service', () => {
  it('are not spoken of where the target has none', async () => {
    const asked = lines(() => Promise.resolve(null));
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    // The answer is there, draws nothing, and what stands beside it goes on.
    await screen.findByText('beside them');
    await vi.waitFor(() => expect(asked.mock.settledResults[0]?.type).toBe('fulfilled'));
    expect(screen.queryByText('Domain')).toBeNull();
    expect(screen.getByText('beside them')).toBeDefined();
  });

  it('say that there is none where there could be', async () => {
    lines(() => Promise.resolve([]));
    expect(await screen.findByText(/None is mapped to it/)).toBeDefined();
  });

  it('say what is missing, with the records to set and to copy', async () => {
    const user = userEvent.setup();
    lines(() => Promise.resolve([PENDING]));
    expect(await screen.findByText('Certificate pending')).toBeDefined();
    expect(screen.getByText(/^1 DNS record has to be set/)).toBeDefined();
    expect(screen.getByRole('button', { name: 'Copy address of api.example.com' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'DNS records of api.example.com…' }));
    const dialog = screen.getByRole('dialog', { name: 'DNS records of api.example.com' });
    expect(within(dialog).getByRole('row', { name: /api CNAME ghs\.googlehosted/ })).toBeDefined();
    expect(within(dialog).getByText(/Google says: Waiting for certificate/)).toBeDefined();
    await user.click(within(dialog).getByRole('button', { name: 'Copy all as zone file' }));
    expect(await navigator.clipboard.readText()).toBe('api IN CNAME ghs.googlehosted.com.');
  });

  it('say why they are not known, and ask again', async () => {
    const user = userEvent.setup();
    const asked = lines(() => Promise.reject(unreachable));
    await user.click(await screen.findByRole('button', { name: 'Try again' }));
    await vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(1));
    expect(screen.getByText(/^Not known: /)).toBeDefined();
  });

  it.each<[Partial<DomainMapping>, string, string | null]>([
    [{ state: 'ready', reason: null, waitsFor: null }, 'Ready', null],
    [{ state: 'failed', waitsFor: null }, 'Failed', null],
    [{ waitsFor: 'route' }, 'Route pending', 'Google is still setting it up.'],
    [{ waitsFor: null, records: [] }, 'Pending', 'Google issues it within minutes.'],
    [
      { records: [record, record] },
      'Certificate pending',
      '2 DNS records have to be set; the certificate follows once they answer.',
    ],
  ])('have words for %j: %s', (change, word, missing) => {
    expect(domainWords({ ...PENDING, ...change })).toMatchObject({ word, missing });
  });
});
