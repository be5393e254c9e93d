import { describe, expect, it } from 'vitest';
import { ManualClock } from '../fakes/manual-clock.ts';
import { ScriptedMetricsSource } from '../fakes/scripted-metrics-source.ts';

const LABELS = { service: 'gateway', revision: 'gateway-00001', instance: 'a' };

/** What an instance shows that served so many requests of a customer in so many seconds. */
function exposition(requests: number, seconds: number): string {
  const labels = 'http_route="/api",http_request_method="GET",http_response_status_code="200"';
  return [
    '# TYPE http_server_request_duration_seconds histogram',
    `http_server_request_duration_seconds_bucket{${labels},le="1"} ${String(requests)}`,
    `http_server_request_duration_seconds_bucket{${labels},le="+Inf"} ${String(requests)}`,
    `http_server_request_duration_seconds_sum{${labels}} ${String(seconds)}`,
    `http_server_request_duration_seconds_count{${labels}} ${String(requests)}`,
    '',
  ].join('\n');
}

/** Plays one pass a second; each entry is requests and their seconds so far. */
async function play(
  passes: readonly (readonly [number, number])[],
): Promise<ReturnType<ScriptedMetricsSource['usage']>> {
  const clock = new ManualClock();
  const source = new ScriptedMetricsSource(clock);
  for (const [requests, seconds] of passes) {
    source.play([{ ...LABELS, exposition: exposition(requests, seconds) }]);
    await clock.advance(1_000);
  }
  return source.usage('gateway');
}

const even = (count: number): (readonly [number, number])[] =>
  Array.from({ length: count }, (_, second) => [second * 10, second * 2]);

describe('how a service was used', () => {
  it('is requests and their time over what is remembered', async () => {
    const usage = await play(even(121));
    expect(usage).toEqual({ requests: 1_200, busySeconds: 240, overSeconds: 120 });
  });

  it('loses nothing when an instance counts from zero again', async () => {
    const usage = await play([...even(61), ...even(61)]);
    expect(usage?.requests).toBe(1_200);
    expect(usage?.busySeconds).toBe(240);
  });

  it('says nothing about a month from less than a minute', async () => {
    expect(await play(even(30))).toBeNull();
    expect(await play([])).toBeNull();
  });
});
