import { describe, expect, it } from 'vitest';
import type { Target, TargetClass, TargetMode } from '../../../shared/domain/target.ts';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import { refusedOperatorConsent } from '../../providers/os/refused-operator-consent.ts';
import type { FakeCore, FakeCoreOptions } from '../../testing/fake-core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { deploy } from '../deployments/deploy.ts';
import { setSampleTraffic } from '../stack/set-sample-traffic.ts';
import { listTargets } from './list-targets.ts';
import { selectTarget } from './select-target.ts';
import { setTargetMode } from './set-target-mode.ts';

/** A core that knows one more target, `other`. */
function withOther(change: Partial<Target> = {}, options: FakeCoreOptions = {}): FakeCore {
  const fake = fakeCore(options);
  const { settings } = fake.core.memory;
  const other: Target = { ...LOCAL_TARGET, id: 'other', name: 'other', ...change };
  settings.set({ ...settings.value, targets: [...settings.value.targets, other] });
  return fake;
}

const modeOf = ({ core }: FakeCore): TargetMode | undefined =>
  listTargets(core).targets.find(({ id }) => id === 'other')?.mode;

describe('changing what may be done on a target', () => {
  it.each<[TargetClass, TargetMode, TargetMode, boolean]>([
    ['prod', 'protected', 'normal', true],
    ['prod', 'read-only', 'normal', true],
    ['prod', 'read-only', 'protected', true],
    ['stage', 'read-only', 'normal', true],
    ['dev', 'protected', 'normal', true],
    ['dev', 'read-only', 'normal', false],
    ['dev', 'read-only', 'protected', false],
    ['prod', 'normal', 'protected', false],
    ['prod', 'protected', 'read-only', false],
    ['prod', 'protected', 'protected', false],
  ])('%s: from %s to %s asks the operator: %s', async (targetClass, mode, next, asks) => {
    const fake = withOther({ class: targetClass, mode });
    fake.consent.answer = false;
    const change = setTargetMode(fake.core, { id: 'other', mode: next });
    if (asks) await expect(change).rejects.toMatchObject({ code: 'CANCELLED' });
    else await change;
    expect(fake.consent.asked).toHaveLength(asks ? 1 : 0);
    expect(modeOf(fake)).toBe(asks ? mode : next);
  });

  it('happens after a yes', async () => {
    const fake = withOther({ class: 'prod', mode: 'protected' });
    expect(await setTargetMode(fake.core, { id: 'other', mode: 'normal' })).toMatchObject({
      mode: 'normal',
    });
    expect(modeOf(fake)).toBe('normal');
  });

  it('is refused by a browser, which recommends no way around', async () => {
    const { core } = withOther({ mode: 'protected' });
    const consent = refusedOperatorConsent;
    const browser = { ...core, ports: { ...core.ports, consent } };
    await expect(setTargetMode(browser, { id: 'other', mode: 'normal' })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      nextStep: 'Use the desktop app.',
    });
  });
});

describe('choosing another target', () => {
  it('leaves operations where they began', async () => {
    let finish: () => void = () => undefined;
    const built = new Promise<void>((resolve) => (finish = resolve));
    const { core, provider } = withOther({}, { buildWork: () => built });
    const { operationId } = await deploy(core, { service: 'backend', build: true, env: {} });
    await selectTarget(core, { id: 'other' });
    finish();
    expect(await endOf(core, operationId)).toMatchObject({ state: 'succeeded', target: 'local' });
    expect((await provider.getService('backend')).latestReadyRevision).toBe('backend-00001-mem');
  });

  it('turns sample traffic off, but choosing the same one again does not', async () => {
    const { core } = withOther();
    await setSampleTraffic(core, { on: true, requestsPerSecond: 5 });
    await selectTarget(core, { id: 'local' });
    expect(core.memory.sampleTraffic.value.on).toBe(true);
    await selectTarget(core, { id: 'other' });
    expect(core.memory.sampleTraffic.value.on).toBe(false);
  });
});
