import { MetricRegistry } from '@omni/kit/metric-registry.ts';
import { describe, expect, it } from 'vitest';
import { createLimitMeter } from './limit-meter.ts';

describe('the metrics of limits', () => {
  it('count decisions by policy and source, and start at zero', async () => {
    const registry = new MetricRegistry();
    const meter = createLimitMeter(registry);
    const { local, redis } = meter.handles('key');
    meter.add(local.admitted);
    meter.add(local.admitted);
    meter.storeLost('key', 'uncounted');
    meter.quotaAlert('daily', 80);
    meter.quotaUsed('daily', 0.8);
    expect(meter.handles('key').redis).toEqual(redis);
    const { body } = await registry.render();
    for (const line of [
      'gateway_ratelimit_decisions_total{policy="key",decision="admitted",source="local"} 2',
      'gateway_ratelimit_decisions_total{policy="key",decision="refused",source="redis"} 0',
      'gateway_ratelimit_decisions_total{policy="key",decision="uncounted",source="local"} 1',
      'gateway_quota_alerts_total{quota="daily",threshold_percent="80"} 1',
      'gateway_quota_used_ratio{quota="daily"} 0.8',
    ]) {
      expect(body).toContain(line);
    }
  });

  it('stay as many however many policies keys invent', async () => {
    const registry = new MetricRegistry();
    const meter = createLimitMeter(registry);
    for (let i = 0; i < 5_000; i += 1) {
      meter.add(meter.handles(`policy${i}`).local.refused);
      meter.storeLost(`policy${i}`, 'unavailable');
      meter.quotaUsed(`quota${i}`, 1);
    }
    const { body } = await registry.render();
    const series = body.split('\n').filter((line) => line.startsWith('gateway_')).length;
    expect(series).toBeLessThan(400);
    expect(body).toContain('policy="__other__",decision="refused",source="local"} 4950');
  });
});
