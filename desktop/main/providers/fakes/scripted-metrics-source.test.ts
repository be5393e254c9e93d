import { describeMetricsSource } from '../metrics-source.conformance.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedMetricsSource } from './scripted-metrics-source.ts';

describeMetricsSource('scripted', () => {
  const clock = new ManualClock();
  const source = new ScriptedMetricsSource(clock);
  return Promise.resolve({
    source,
    play: async (instances) => {
      await clock.advance(1000);
      source.play(instances);
    },
    close: () => {
      source.close();
      return Promise.resolve();
    },
  });
});
