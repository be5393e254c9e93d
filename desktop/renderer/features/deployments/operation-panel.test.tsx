import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../../shared/domain/operation.ts';
import type { ConsoleClient } from '../../api/client.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { pastOperations, runningDeploy } from '../../testing/sample-operations.ts';
import { streamOf } from '../../testing/streams.ts';
import { DeploymentsPage } from './deployments-page.tsx';

afterEach(cleanup);

/** The page over a history in which `operation` is the newest. */
function showOperation(operation: Operation): {
  client: ConsoleClient;
  opened: ReturnType<typeof vi.fn>;
  cancel: ReturnType<typeof vi.fn>;
} {
  const all = [operation, ...pastOperations(Date.now())].filter(
    (entry, index, list) => list.findIndex(({ id }) => id === entry.id) === index,
  );
  const opened = vi.fn();
  const cancel = vi.fn(() => Promise.resolve({ ...operation, state: 'cancelling' as const }));
  const client = createFakeClient('full', {
    operations: {
      list: () => Promise.resolve(all),
      watchAll: (...[, options]) => streamOf([all], options?.signal),
      // Like main's: it ends with the operation.
      watch: ({ id }) => {
        opened(id);
        return streamOf([operation], AbortSignal.abort());
      },
      cancel,
    },
  });
  renderConsole(<DeploymentsPage />, { client });
  return { client, opened, cancel };
}

describe('a running operation', () => {
  it('is followed stage by stage with its log', async () => {
    showOperation(runningDeploy(Date.now()));
    expect(
      await screen.findByRole('region', { name: /^Operation:\s?Deploying gateway$/ }),
    ).toBeDefined();
    const current = document.querySelector('[aria-current="step"]');
    expect(current?.textContent).toContain('Become ready');
    expect(await screen.findByText(/revision gateway-00043 created/)).toBeDefined();
    expect(screen.getByText(/^Usually 8–11.s\. The platform finishes the revision/)).toBeDefined();
  });

  it('is cancelled once, and only before traffic moves', async () => {
    const user = userEvent.setup();
    const { cancel } = showOperation(runningDeploy(Date.now()));
    await user.dblClick(await screen.findByRole('button', { name: 'Stop before traffic' }));
    await waitFor(() => expect(cancel).toHaveBeenCalledOnce());
  });

  it('can not be cancelled from the traffic shift on, and says why', async () => {
    const user = userEvent.setup();
    const deploy = runningDeploy(Date.now());
    const stages = deploy.stages.map((stage) =>
      stage.id === 'traffic' ? { ...stage, state: 'running' as const, startedAt: 1 } : stage,
    );
    const { cancel } = showOperation({ ...deploy, stages });
    const button = await screen.findByRole('button', { name: 'Cancel' });
    expect(button.title).toBe('Traffic is moving and cannot be cancelled: roll back instead.');
    await user.click(button);
    expect(cancel).not.toHaveBeenCalled();
  });
});

describe('an ended operation', () => {
  it('says what was proven, and can be undone', async () => {
    const user = userEvent.setup();
    const [rolledBack] = pastOperations(Date.now());
    if (rolledBack === undefined) throw new Error('The sample has no operation.');
    showOperation(rolledBack);
    expect(await screen.findByText(/^verified 20 of 20 in 1\.41.s$/)).toBeDefined();
    expect(screen.queryByRole('button', { name: /^(Stop|Cancel)/ })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Undo…' }));
    expect(screen.getByRole('button', { name: 'Roll back to gateway-00043' })).toBeDefined();
  });

  it('never calls verified what a closed address could not show', async () => {
    const [rolledBack] = pastOperations(Date.now());
    if (!rolledBack?.result) throw new Error('The sample has no operation.');
    const unproven = { verifiedAnswers: 0, wantedAnswers: 0, closed: true };
    showOperation({ ...rolledBack, result: { ...rolledBack.result, ...unproven } });
    expect(await screen.findByText(/by the platform’s word, not verified/)).toBeDefined();
    expect(screen.queryByText(/^verified/)).toBeNull();
  });

  it('says cause and next step of a failure, with details to copy', async () => {
    const user = userEvent.setup();
    const error = {
      code: 'REVISION_NOT_READY',
      message: 'gateway-00044 did not open port 8080 within 60 s.',
      nextStep: 'Let the service listen on PORT.',
    };
    showOperation({ ...runningDeploy(Date.now()), state: 'failed', endedAt: Date.now(), error });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain(error.message);
    expect(alert.textContent).toContain(error.nextStep);
    await screen.findByText(/revision gateway-00043 created/);
    await user.click(screen.getByRole('button', { name: 'Copy details' }));
    expect(await navigator.clipboard.readText()).toContain('revision gateway-00043 created');
  });

  it.each(['cancelled', 'interrupted'] as const)(
    'is no failure when it was %s, whatever came with it',
    async (state) => {
      const error = {
        code: 'OPERATION_STOPPED',
        message: 'It was stopped while gateway-00043 was starting.',
        nextStep: 'Look at the revisions.',
      };
      showOperation({ ...runningDeploy(Date.now()), state, endedAt: Date.now(), error });
      const cause = await screen.findByText(/was stopped while gateway-00043 was starting/);
      expect(cause.textContent).toContain(error.nextStep);
      expect(screen.queryByRole('alert')).toBeNull();
    },
  );

  it('is not asked for again and again after its stream has ended', async () => {
    const [done] = pastOperations(Date.now());
    if (done === undefined) throw new Error('The sample has no operation.');
    const { opened } = showOperation(done);
    await screen.findByText(/^verified 20 of 20/);
    await waitFor(() => expect(opened).toHaveBeenCalled());
    // The follower would open it again after half a second.
    const until = performance.now() + 900;
    await waitFor(() => expect(performance.now()).toBeGreaterThan(until), { timeout: 2_000 });
    expect(opened).toHaveBeenCalledOnce();
  });
});
