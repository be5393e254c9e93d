import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseLanes, readAllowance } from './choose-lanes.ts';

const MIB = 2 ** 20;

function allowanceOf(files: Readonly<Record<string, string>>): ReturnType<typeof readAllowance> {
  const root = mkdtempSync(join(tmpdir(), 'omni-cgroup-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    return readAllowance(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('lanes', () => {
  it.each([
    [1, 512, 1],
    [0.25, 256, 1],
    [2, 512, 1],
    [2, 1024, 2],
    [4, 8192, 4],
    [1.4, 8192, 1],
    [3.5, 8192, 4],
    [64, Number.POSITIVE_INFINITY, 64],
  ])('for %d processors and %d MiB are %d', (processors, mib, lanes) => {
    expect(chooseLanes({ processors, memoryBytes: mib * MIB })).toBe(lanes);
  });
});

describe('the allowance', () => {
  it('is read from a control group of version 2', () => {
    expect(allowanceOf({ 'cpu.max': '50000 100000\n', 'memory.max': '536870912\n' })).toEqual({
      processors: 0.5,
      memoryBytes: 512 * MIB,
    });
  });

  it('is read from a control group of version 1', () => {
    expect(
      allowanceOf({
        'cpu/cpu.cfs_quota_us': '100000\n',
        'cpu/cpu.cfs_period_us': '100000\n',
        'memory/memory.limit_in_bytes': '1073741824\n',
      }),
    ).toEqual({ processors: 1, memoryBytes: 1024 * MIB });
  });

  it.each([
    [{}],
    [{ 'cpu.max': 'max 100000\n', 'memory.max': 'max\n' }],
    [{ 'cpu/cpu.cfs_quota_us': '-1\n', 'memory/memory.limit_in_bytes': '9223372036854771712\n' }],
  ])('is the machine without a limit: %j', (files: Record<string, string>) => {
    expect(allowanceOf(files)).toEqual({
      processors: availableParallelism(),
      memoryBytes: Number.POSITIVE_INFINITY,
    });
  });
});
