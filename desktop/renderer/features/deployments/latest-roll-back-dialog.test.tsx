import { act, cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RevisionRow } from '../../../shared/contract/deployments.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { sampleRevisions, sampleServices } from '../../testing/sample-deployments.ts';
import { samplePlan } from '../../testing/sample-plans.ts';
import { LatestRollBackDialog } from './latest-roll-back-dialog.tsx';

afterEach(cleanup);

/** The gateway with `revision` serving everything, as the platform would list it. */
function servedBy(revision: string): { services: Service[]; revisions: RevisionRow[] } {
  const split = { shares: [{ revision, percent: 100, tag: null }], followsLatest: false };
  const services = sampleServices().map((service) =>
    service.id === 'gateway' ? { ...service, traffic: split, serving: split } : service,
  );
  const revisions = sampleRevisions('gateway', Date.now()).map((row) => ({
    ...row,
    revision: {
      ...row.revision,
      state: row.revision.name === revision ? ('ready' as const) : ('retired' as const),
      trafficPercent: row.revision.name === revision ? 100 : 0,
    },
  }));
  return { services, revisions };
}

describe('rolling back where no revision was named', () => {
  it('keeps to the revision it opened with when somebody moves the traffic meanwhile', async () => {
    const platform = { current: servedBy('gateway-00043') };
    const planned: string[] = [];
    const client = createFakeClient('full', {
      deployments: {
        listServices: () => Promise.resolve(platform.current.services),
        listRevisions: () => Promise.resolve(platform.current.revisions),
        planRollBack: ({ revision }) => {
          planned.push(revision);
          return Promise.resolve(samplePlan('roll_back', 'gateway'));
        },
      },
    });
    const rollBack = vi.fn(client.deployments.rollBack);
    client.deployments.rollBack = rollBack;
    const { queryClient } = renderConsole(
      <LatestRollBackDialog
        serviceId="gateway"
        target={LOCAL_TARGET}
        onStarted={() => undefined}
        onClose={() => undefined}
      />,
      { client },
    );
    await screen.findByRole('button', { name: 'Keep gateway-00043' });
    await screen.findByRole('table', { name: 'Planned changes' });

    platform.current = servedBy('gateway-00041');
    await act(() => queryClient.invalidateQueries());
    await screen.findByRole('button', { name: 'Keep gateway-00041' });
    await userEvent
      .setup()
      .click(screen.getByRole('button', { name: 'Roll back to gateway-00042' }));
    await waitFor(() => expect(rollBack).toHaveBeenCalledOnce());
    expect(rollBack.mock.calls[0]?.[0]).toMatchObject({ revision: 'gateway-00042' });
    expect(new Set(planned)).toEqual(new Set(['gateway-00042']));
  });
});
