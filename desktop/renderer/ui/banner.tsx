import type { ReactElement, ReactNode } from 'react';
import { errorMessage } from '../api/error-message.ts';
import { Button } from './button.tsx';
import { clockTime } from './format-time.ts';
import { Pill } from './status-dot.tsx';
import type { Tone } from './status-dot.tsx';

interface BannerProps {
  readonly tone: Exclude<Tone, 'ok'>;
  /** The word of its pill. */
  readonly word: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

/** One sentence over the content when something needs attention. */
export function Banner({ tone, word, children, actions }: BannerProps): ReactElement {
  return (
    <div className={`banner banner-${tone}`} role="status">
      <Pill tone={tone}>{word}</Pill>
      <p>{children}</p>
      {actions}
    </div>
  );
}

interface StaleBannerProps {
  readonly error: unknown;
  /** Epoch ms of the newest value that is still shown. */
  readonly asOf: number;
  readonly onRetry?: () => void;
}

/** Says that what is shown is old, since when, and why. Grey the content with `is-stale`. */
export function StaleBanner({ error, asOf, onRetry }: StaleBannerProps): ReactElement {
  const { title, nextStep } = errorMessage(error);
  return (
    <Banner
      tone="warn"
      word="Stale"
      actions={
        onRetry !== undefined && (
          <Button small onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      <b>Values as of {clockTime(asOf)}.</b> {title}. {nextStep}
    </Banner>
  );
}
