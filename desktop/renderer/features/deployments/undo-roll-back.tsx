import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { Operation } from '../../../shared/domain/operation.ts';
import { mayUndoRollBack } from '../../../shared/domain/undo-roll-back.ts';
import { useConsole } from '../../api/console-context.tsx';
import { useLiveSources } from '../../api/live-sources.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';
import { Button } from '../../ui/button.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import type { TrafficSplit } from '../../../shared/domain/traffic.ts';

function splitWords({ shares, followsLatest }: TrafficSplit): string {
  const words = shares
    .filter(({ percent }) => percent > 0)
    .map(({ revision, percent }) => `${revision} ${String(percent)} %`);
  return followsLatest ? 'following the latest revision' : words.join(', ');
}

/** The way back from a rollback, at once and without a dialog; there until something else is done. */
export function UndoRollBack({
  operation,
}: {
  readonly operation: Operation;
}): ReactElement | null {
  const { queries } = useConsole();
  const { value } = useLiveQuery(useLiveSources().operations);
  const undo = useMutation(
    queries.deployments.undoRollBack.mutationOptions({ meta: { inline: true } }),
  );
  const permission = mayUndoRollBack(operation, value ?? []);
  if (!permission.allowed || permission.before === undefined) return null;
  return (
    <>
      <Button
        small
        busy={undo.isPending}
        title={`Back to ${splitWords(permission.before)}`}
        onClick={() => undo.mutate({ operationId: operation.id })}
      >
        Undo rollback
      </Button>
      {undo.error !== null && <InlineError error={undo.error} />}
    </>
  );
}
