import type { ReactElement } from 'react';
import { errorDetails, errorMessage } from '../api/error-message.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { StatusDot } from './status-dot.tsx';

const MAX_REASON = 200;

function cut(text: string): string {
  return text.length <= MAX_REASON ? text : `${text.slice(0, MAX_REASON).trimEnd()}…`;
}

interface ErrorStateProps {
  readonly error: unknown;
  /** What can't be shown because of it: `Keys could not be read`. Default: the error's own title. */
  readonly what?: string;
  readonly onRetry?: () => void;
}

/** What failed, why, what to do next, and the details to copy. In place of the content. */
export function ErrorState({ error, what, onRetry }: ErrorStateProps): ReactElement {
  const message = errorMessage(error);
  const why = [what === undefined ? '' : `${message.title}.`, cut(message.reason)]
    .filter((part) => part !== '')
    .join(' ');
  return (
    <div className="state state-error" role="alert">
      <h2 className="state-title">
        <StatusDot tone="bad" />
        {what ?? message.title}
      </h2>
      {why !== '' && <p>{why}</p>}
      <p>{message.nextStep}</p>
      <div className="row">
        {onRetry !== undefined && (
          <Button small onClick={onRetry}>
            Try again
          </Button>
        )}
        <CopyButton text={errorDetails(error)} label="Copy details" />
      </div>
    </div>
  );
}

/**
 * The same in one box, for dialogs and forms: the input stays as it is. The operator's own no is told,
 * too, but not as a failure: there is nothing to report.
 */
export function InlineError({ error }: { readonly error: unknown }): ReactElement {
  const message = errorMessage(error);
  const { isRefusal } = message;
  return (
    <div
      className={isRefusal ? 'inline-note' : 'inline-error'}
      role={isRefusal ? 'status' : 'alert'}
    >
      <StatusDot tone={isRefusal ? 'idle' : 'bad'} />
      <div className="grow">
        <b>{message.title}.</b> {cut(message.reason)} {message.nextStep}
      </div>
      {!isRefusal && <CopyButton text={errorDetails(error)} label="Copy details" />}
    </div>
  );
}
