import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { StackStatus } from '../../../shared/contract/stack.ts';
import { useConsole } from '../../api/console-context.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { InlineError } from '../../ui/error-state.tsx';

/** The platform itself is not there, or the first deploy failed: why, and the way out. */
export function StackTrouble({ status }: { readonly status: StackStatus }): ReactElement | null {
  const { queries } = useConsole();
  const ensure = useMutation(queries.stack.ensure.mutationOptions({ meta: { inline: true } }));
  if (status.phase !== 'unreachable' && status.phase !== 'failed') return null;
  const isUnreachable = status.phase === 'unreachable';
  return (
    <>
      <Banner
        tone="bad"
        word={isUnreachable ? 'Unreachable' : 'Not deployed'}
        actions={
          <Button
            small
            busy={ensure.isPending}
            onClick={() => {
              ensure.mutate();
            }}
          >
            {isUnreachable ? 'Try again' : 'Deploy what is missing'}
          </Button>
        }
      >
        <b>{isUnreachable ? 'The target does not answer.' : 'The first deploy did not finish.'}</b>{' '}
        {status.reason}
      </Banner>
      {ensure.error !== null && <InlineError error={ensure.error} />}
    </>
  );
}
