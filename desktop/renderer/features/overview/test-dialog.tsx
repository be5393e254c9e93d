import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { TestAnswer } from '../../../shared/contract/stack.ts';
import { useConsole } from '../../api/console-context.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { latency, text } from '../../ui/format-number.ts';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import { asCurl, asPowerShell } from './test-command.ts';

function isGood(answer: TestAnswer): boolean {
  return answer.error === null && answer.status !== null && answer.status < 400;
}

function AnswerCard({ answer }: { readonly answer: TestAnswer }): ReactElement {
  const word = answer.status === null ? 'No answer' : String(answer.status);
  return (
    <li className="answer">
      <div className="row">
        <Pill tone={isGood(answer) ? 'ok' : 'bad'}>{word}</Pill>
        <span className="mono clip answer-url" title={answer.url}>
          {answer.method} {answer.url}
        </span>
        <span className="grow" />
        <span className="meta num">{text(latency(answer.elapsedMs))}</span>
        {answer.revision !== null && <span className="mono">{answer.revision}</span>}
      </div>
      <pre className="answer-body">{answer.error ?? answer.body}</pre>
      <div className="row">
        <CopyButton text={asCurl(answer)} label="Copy as curl" />
        <CopyButton text={asPowerShell(answer)} label="Copy as PowerShell" />
      </div>
    </li>
  );
}

function verdict(answers: readonly TestAnswer[]): string {
  const good = answers.filter(isGood).length;
  return `${String(good)} of ${String(answers.length)} requests were answered as expected.`;
}

/** Sends the documented requests through the gateway and shows what came back. */
export function TestDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { queries } = useConsole();
  const test = useQuery(
    queries.stack.test.queryOptions({ staleTime: Infinity, gcTime: 0, retry: false }),
  );
  const again = (): void => {
    test.refetch({ throwOnError: false }).catch(() => {
      // The query holds the error already; it is drawn below.
    });
  };
  return (
    <Dialog
      title="Does the stack answer?"
      lead={
        test.data === undefined
          ? 'Sends the documented requests through the gateway with the sample key.'
          : verdict(test.data)
      }
      size="wide"
      onClose={onClose}
      footer={
        <>
          <span className="meta">Commands read the key from API_KEY.</span>
          <span className="grow" />
          <Button busy={test.isFetching} onClick={again}>
            Send again
          </Button>
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {test.isError ? (
        <ErrorState error={test.error} what="The test could not be sent" />
      ) : test.data === undefined ? (
        <SkeletonLines lines={6} label="Sending requests" />
      ) : (
        <ul className="answers">
          {test.data.map((answer) => (
            <AnswerCard key={`${answer.method} ${answer.url}`} answer={answer} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}
