import type { ReactElement } from 'react';
import type { HealthState, StackHealth } from '../../../shared/domain/health.ts';
import { useNow } from '../../api/use-now.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { age, clockTime, moment } from '../../ui/format-time.ts';
import type { Tone } from '../../ui/status-dot.tsx';
import { healthTone } from '../../ui/tone-of.ts';
import { useGo } from '../../ui/use-go.ts';

const WORDS: Readonly<Record<HealthState, string>> = {
  ok: 'Healthy',
  warn: 'Degraded',
  bad: 'Down',
  idle: 'Unknown',
  starting: 'Starting',
};

/** The verdict's sentence, cut after its first part: that one is the cause. */
export function splitSentence(sentence: string): readonly [cause: string, rest: string] {
  const end = sentence.search(/[.;] /);
  return end < 0 ? [sentence, ''] : [sentence.slice(0, end + 1), sentence.slice(end + 2)];
}

/** Since when the worst parts have been in their state, null when no part knows. */
export function troubleSince({ nodes, verdict }: StackHealth): number | null {
  const times = nodes
    .filter((node) => node.state === verdict.state)
    .flatMap((node) => (node.since === null ? [] : [node.since]));
  return times.length === 0 ? null : Math.min(...times);
}

function bannerTone(state: HealthState): Exclude<Tone, 'ok'> | null {
  const tone = healthTone(state);
  return tone === 'ok' ? null : tone;
}

/** One sentence: what is wrong, why, since when. Nothing when all is well. */
export function WhyBanner({ health }: { readonly health: StackHealth }): ReactElement | null {
  const now = useNow();
  const go = useGo();
  const tone = bannerTone(health.verdict.state);
  const since = troubleSince(health);
  if (tone === null || health.verdict.sentence === null) return null;
  const [cause, rest] = splitSentence(health.verdict.sentence);
  const isTrouble = tone === 'warn' || tone === 'bad';
  return (
    <Banner
      tone={tone}
      word={WORDS[health.verdict.state]}
      actions={
        isTrouble && (
          <span className="row">
            <Button
              small
              onClick={() => {
                go('/latency');
              }}
            >
              Latency
            </Button>
            <Button
              small
              onClick={() => {
                go('/activity');
              }}
            >
              Last changes
            </Button>
          </span>
        )
      }
    >
      <b>{cause}</b> {rest}
      {isTrouble && since !== null && (
        <span className="why-since" title={clockTime(since)}>
          {` Since ${moment(since, now)}, ${age(now - since)}.`}
        </span>
      )}
    </Banner>
  );
}
