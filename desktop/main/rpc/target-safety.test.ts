import { describe, expect, it } from 'vitest';
import type { TargetClass } from '../../shared/domain/target.ts';
import { LOCAL_TARGET } from '../../shared/domain/target.ts';
import { safetyOf } from '../../shared/domain/safety.ts';
import {
  callerOf,
  challengeOf,
  confirmedCall,
  INPUTS,
  mutating,
} from './every-mutation.conformance.ts';
import type { FakeCore, FakeCoreOptions } from '../testing/fake-core.ts';
import { fakeCore } from '../testing/fake-core.ts';

const WINDOW_MS = 5_000;
const CLASSES: readonly TargetClass[] = ['dev', 'stage', 'prod'];
const everywhere = CLASSES.flatMap((targetClass) =>
  mutating.map(({ name, meta }) => ({ name, meta, targetClass })),
);

/** A core whose platform writes down every write, and whose keys count theirs. */
function watched(options: FakeCoreOptions): FakeCore & { readonly writes: string[] } {
  const writes: string[] = [];
  const fake = fakeCore({ ...options, onWrite: (call) => writes.push(call) });
  const { keys } = fake;
  const [create, revoke] = [keys.create.bind(keys), keys.revoke.bind(keys)];
  keys.create = (input) => (writes.push('create'), create(input));
  keys.revoke = (id, reason) => (writes.push('revoke'), revoke(id, reason));
  return { ...fake, writes };
}

/** What the call is doing once everything that runs at once has run. */
async function stateOf(call: Promise<unknown>): Promise<'settled' | 'waiting'> {
  const settled = call.then(
    () => 'settled' as const,
    () => 'settled' as const,
  );
  for (let turn = 0; turn < 20; turn += 1) await new Promise((next) => setImmediate(next));
  return Promise.race([settled, Promise.resolve('waiting' as const)]);
}

describe('what has to be typed', () => {
  it.each(everywhere)('$name on $targetClass', async ({ name, meta, targetClass }) => {
    const { core, writes } = watched({ targetClass });
    const { typed } = safetyOf(meta.friction, targetClass);
    const asked = await challengeOf(callerOf(core, name)(INPUTS[name]));
    expect(asked === null).toBe(typed === null);
    if (asked === null) return;
    expect(writes).toEqual([]);
    if (typed === 'target') expect(asked).toMatchObject({ word: 'local', of: 'target' });
  });

  it('is the table of the design: production types its own name, an end types its subject', () => {
    expect(safetyOf('ordinary', 'dev')).toEqual({ typed: null, waits: true });
    expect(safetyOf('ordinary', 'stage')).toEqual({ typed: null, waits: true });
    expect(safetyOf('ordinary', 'prod')).toEqual({ typed: 'target', waits: true });
    for (const targetClass of CLASSES) {
      expect(safetyOf('urgent', targetClass)).toEqual({ typed: null, waits: false });
      expect(safetyOf('final', targetClass)).toEqual({ typed: 'subject', waits: false });
      expect(safetyOf('delete', targetClass)).toEqual({ typed: 'subject', waits: true });
    }
  });

  it('lets the very call pass that it was typed for, once', async () => {
    const { core, writes } = watched({ targetClass: 'prod' });
    const create = INPUTS['keys.create'];
    await confirmedCall(core, 'keys.create')(create);
    expect(writes).toEqual(['create']);
    expect(await challengeOf(callerOf(core, 'keys.create')(create))).not.toBeNull();
    expect(writes).toEqual(['create']);
  });

  it('does not count for another input, for another name, or after a minute', async () => {
    const { core, clock, writes } = watched({ targetClass: 'prod', hurried: false });
    const create = callerOf(core, 'keys.create');
    const bob = { ...(INPUTS['keys.create'] as object), name: 'bob' };
    const { challenge = '', word = '' } = (await challengeOf(create(INPUTS['keys.create']))) ?? {};
    const confirm = callerOf(core, 'safety.confirm');
    const wrong = confirm({ challenge, typed: word.toUpperCase() });
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await confirm({ challenge, typed: word });
    expect(await challengeOf(create(bob))).not.toBeNull();
    await clock.advance(60_001);
    expect(await challengeOf(create(INPUTS['keys.create']))).not.toBeNull();
    expect(writes).toEqual([]);
  });

  it('is the name of the key for a key', async () => {
    const { core, writes } = watched({});
    const { key } = await core.ports.keys.create({
      name: 'alice',
      environment: 'live',
      expiresAt: null,
      rateLimitPerMinute: null,
    });
    writes.length = 0;
    const input = { id: key.id, reason: 'lost' };
    const asked = await challengeOf(callerOf(core, 'keys.revoke')(input));
    expect(asked).toMatchObject({ word: 'alice', of: 'key' });
    await confirmedCall(core, 'keys.revoke')(input);
    expect(writes).toEqual(['revoke']);
  });
});

describe('the time in which a change can be taken back', () => {
  const ordinary = mutating.filter(({ meta }) => meta.friction === 'ordinary');

  it.each(ordinary)('$name waits, and sends nothing when it is taken back', async ({ name }) => {
    const { core, writes, audit } = watched({ hurried: false, cancelWindowMs: WINDOW_MS });
    const call = callerOf(core, name)(INPUTS[name]);
    expect(await stateOf(call)).toBe('waiting');
    const [pending] = core.memory.pendingChanges.value;
    expect(pending).toMatchObject({ action: name, target: 'local' });
    expect((pending?.startsAt ?? 0) - (pending?.confirmedAt ?? 0)).toBe(WINDOW_MS);
    await callerOf(core, 'safety.cancelPending')({ id: pending?.id });
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(writes).toEqual([]);
    expect(core.memory.operations.value).toEqual([]);
    expect(core.memory.pendingChanges.value).toEqual([]);
    const entries = await audit.list(10);
    const own = entries.filter(({ action }) => action === name);
    expect(own).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it.each(mutating.filter(({ meta }) => !safetyOf(meta.friction, 'prod').waits))(
    '$name never waits, also on production',
    async ({ name, meta }) => {
      const { core } = fakeCore({
        hurried: false,
        cancelWindowMs: WINDOW_MS,
        targetClass: 'prod',
      });
      const asks = meta.friction === 'final';
      const call = (asks ? confirmedCall : callerOf)(core, name)(INPUTS[name]);
      call.catch(() => undefined);
      await stateOf(call);
      expect(core.memory.pendingChanges.value).toEqual([]);
    },
  );

  it('lets a change run once it is over', async () => {
    const { core, clock, writes } = watched({ hurried: false, cancelWindowMs: WINDOW_MS });
    const call = callerOf(core, 'keys.create')(INPUTS['keys.create']);
    await stateOf(call);
    await clock.advance(WINDOW_MS - 1);
    expect(writes).toEqual([]);
    await clock.advance(1);
    await call;
    expect(writes).toEqual(['create']);
  });

  it('ends with its caller: a page that is gone changes nothing', async () => {
    const { core, writes } = watched({ hurried: false, cancelWindowMs: WINDOW_MS });
    const leaving = new AbortController();
    const { signal } = leaving;
    const call = callerOf(core, 'keys.create')(INPUTS['keys.create'], { signal });
    call.catch(() => undefined);
    expect(await stateOf(call)).toBe('waiting');
    leaving.abort();
    await expect(call).rejects.toThrow();
    expect(core.memory.pendingChanges.value).toEqual([]);
    expect(writes).toEqual([]);
  });

  it('sends nothing to another target that was chosen meanwhile', async () => {
    const { core, clock, writes } = watched({ hurried: false, cancelWindowMs: WINDOW_MS });
    const call = callerOf(core, 'keys.create')(INPUTS['keys.create']);
    call.catch(() => undefined);
    await stateOf(call);
    const { settings } = core.memory;
    const other = { ...LOCAL_TARGET, id: 'other', name: 'other' };
    settings.set({ ...settings.value, targets: [LOCAL_TARGET, other], targetId: 'other' });
    await clock.advance(WINDOW_MS);
    await expect(call).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(writes).toEqual([]);
  });

  it('does not begin for an input that is refused anyway', async () => {
    const { core } = fakeCore({ hurried: false, cancelWindowMs: WINDOW_MS });
    const call = callerOf(core, 'keys.create')({ name: '' });
    await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
