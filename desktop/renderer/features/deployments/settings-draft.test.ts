import { describe, expect, it } from 'vitest';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import { sampleRevisions, sampleServices } from '../../testing/sample-deployments.ts';
import type { SettingsDraft } from './settings-draft.ts';
import { draftOf, draftProblems, settingsBase, toSettings } from './settings-draft.ts';

const base = settingsBase('gateway', [], undefined);
const draft = draftOf(base);
const typed = (sizing: Partial<SettingsDraft['sizing']>): SettingsDraft => ({
  ...draft,
  sizing: { ...draft.sizing, ...sizing },
});

describe('the advanced part of a deploy', () => {
  it('starts from the defaults of a service that was never deployed', () => {
    expect(draft.sizing.cpu).toBe(String(STACK_DEFAULTS.gateway.cpu));
    expect(toSettings(draft, base)).toEqual({});
    expect(draftProblems(draft, base)).toEqual({ sizing: [], scaling: [] });
  });

  it('starts from the revision that serves, not from the newest', () => {
    const rows = sampleRevisions('gateway', Date.now()).map((row, index) => ({
      ...row,
      revision: {
        ...row.revision,
        template: { ...row.revision.template, cpu: index === 0 ? 8 : 2 },
      },
    }));
    const [, service] = sampleServices();
    expect(settingsBase('gateway', rows, service).sizing.cpu).toBe(2);
  });

  it('sends only what is different', () => {
    const changed = { ...typed({ cpu: '4', memoryMib: '2048' }), ingress: 'internal' as const };
    expect(toSettings(changed, base)).toEqual({ cpu: 4, memoryMib: 2048, ingress: 'internal' });
    expect(toSettings({ ...draft, public: true }, base)).toEqual({ public: true });
  });

  it.each<[string, Partial<SettingsDraft['sizing']>, string]>([
    ['4 CPU in 512 MiB', { cpu: '4' }, 'memoryMib'],
    ['nothing typed', { timeoutSeconds: ' ' }, 'timeoutSeconds'],
    ['a word', { concurrency: 'many' }, 'concurrency'],
  ])('refuses %s at its field', (_what, sizing, field) => {
    const { sizing: problems } = draftProblems(typed(sizing), base);
    expect(problems.map((problem) => problem.field)).toEqual([field]);
  });

  const scaled = (change: Partial<SettingsDraft['scaling']>): SettingsDraft => ({
    ...draft,
    scaling: { ...draft.scaling, ...change },
  });

  it.each([
    [{ min: '2' }, { min: 2 }],
    [
      { min: '2', max: '9' },
      { min: 2, max: 9 },
    ],
    [{ byHand: true, manual: '3', min: '7' }, { manual: 3 }],
    [{ max: '' }, undefined],
  ])('sends of the scaling of the service %j as %j', (change, scaling) => {
    expect(toSettings(scaled(change), base).scaling).toEqual(scaling);
  });

  it('goes back to scaling by load, and to no limit of its own', () => {
    const running = { ...base, scaling: { min: 1, max: 5, manual: 3 } };
    const before = draftOf(running);
    expect(before.scaling).toEqual({ byHand: true, min: '1', max: '5', manual: '3' });
    const after = { ...before, scaling: { ...before.scaling, byHand: false, max: '' } };
    expect(toSettings(after, running)).toEqual({ scaling: { max: null, manual: null } });
  });

  it.each([
    [{ byHand: true, manual: '0' }, 'manual'],
    [{ byHand: true, manual: '' }, 'manual'],
    [{ min: 'many' }, 'min'],
    [{ min: '3', max: '2' }, 'min'],
    [{ max: '0' }, 'max'],
  ])('refuses the scaling %j at %s', (change, field) => {
    const { scaling } = draftProblems(scaled(change), base);
    expect(scaling.map((problem) => problem.field)).toContain(field);
  });

  it('says nothing of a sizing that runs already', () => {
    const running = { ...base, sizing: { ...base.sizing, cpu: 3 } };
    expect(draftProblems(draftOf(running), running)).toEqual({ sizing: [], scaling: [] });
  });
});
