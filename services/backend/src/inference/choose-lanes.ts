import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** Processor share and memory that this process may use. */
interface Allowance {
  /** In processors, fractions included. */
  readonly processors: number;
  readonly memoryBytes: number;
}

/** HTTP process, measured after a load of 64 connections, with room for bodies. */
const SERVER_BYTES = 200 * 2 ** 20;
/** One lane with the shipped model, measured under load, with room for long texts. */
const LANE_BYTES = 250 * 2 ** 20;
/** A cgroup of version 1 writes "no limit" as the largest page-aligned number. */
const NO_LIMIT_ABOVE = 2 ** 60;

/**
 * One lane per processor, never more than the memory holds, never none. A started fraction of a
 * processor counts only from a half on: lanes that share one throttle each other.
 */
export function chooseLanes({ processors, memoryBytes }: Allowance): number {
  const byMemory = Math.floor((memoryBytes - SERVER_BYTES) / LANE_BYTES);
  return Math.max(1, Math.min(Math.round(processors), byMemory));
}

/** What the control group allows (version 2, else 1), and what the machine has. */
export function readAllowance(root = '/sys/fs/cgroup'): Allowance {
  const cores = availableParallelism();
  return {
    processors: Math.min(cores, quotaV2(root) ?? quotaV1(root) ?? cores),
    memoryBytes:
      limit(read(root, 'memory.max')) ??
      limit(read(root, 'memory/memory.limit_in_bytes')) ??
      Number.POSITIVE_INFINITY,
  };
}

/** `cpu.max`: quota and period in microseconds, or "max" for no quota. */
function quotaV2(root: string): number | undefined {
  const [quota, period] = (read(root, 'cpu.max') ?? '').trim().split(/\s+/);
  return share(quota, period);
}

function quotaV1(root: string): number | undefined {
  return share(read(root, 'cpu/cpu.cfs_quota_us'), read(root, 'cpu/cpu.cfs_period_us'));
}

function share(quota: string | undefined, period: string | undefined): number | undefined {
  const processors = Number(quota) / Number(period);
  // "max", -1 and files that are not there all mean: no quota.
  return Number.isFinite(processors) && processors > 0 ? processors : undefined;
}

function limit(text: string | undefined): number | undefined {
  const bytes = Number(text);
  return Number.isFinite(bytes) && bytes > 0 && bytes < NO_LIMIT_ABOVE ? bytes : undefined;
}

function read(root: string, file: string): string | undefined {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    // Another system, or the other version of control groups.
    return undefined;
  }
}
