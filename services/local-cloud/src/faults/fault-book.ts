import type { ActiveFault, LocalFault } from '@omni/contracts/local-cloud-faults.ts';

type Kind = ActiveFault['kind'];
type Of<K extends Kind> = Extract<ActiveFault, { kind: K }>;

/** The faults that are on, in memory only: a restart without `--fault` is healthy again. */
export class FaultBook {
  readonly #faults = new Map<string, ActiveFault>();
  #count = 0;

  constructor(atStart: readonly LocalFault[] = []) {
    for (const fault of atStart) this.add(fault);
  }

  /** Turns a fault on; the same id replaces an older one. */
  add(fault: LocalFault): ActiveFault {
    this.#count += 1;
    const active: ActiveFault = { ...fault, id: fault.id ?? `fault-${this.#count}` };
    this.#faults.set(active.id, active);
    return active;
  }

  list(): ActiveFault[] {
    return [...this.#faults.values()];
  }

  remove(id: string): void {
    this.#faults.delete(id);
  }

  clear(): void {
    this.#faults.clear();
  }

  /** A fault that lasts until it is removed, if one of this kind applies. */
  find<K extends Kind>(kind: K, applies: (fault: Of<K>) => boolean): Of<K> | null {
    for (const fault of this.#faults.values())
      if (isOf(kind, fault) && applies(fault)) return fault;
    return null;
  }

  /** Uses up one time of a fault that applies, if there is one. */
  take<K extends Kind>(kind: K, applies: (fault: Of<K>) => boolean): Of<K> | null {
    const fault = this.find(kind, applies);
    if (fault === null || !('times' in fault)) return fault;
    if (fault.times <= 1) this.#faults.delete(fault.id);
    else this.#faults.set(fault.id, { ...fault, times: fault.times - 1 });
    return fault;
  }
}

function isOf<K extends Kind>(kind: K, fault: ActiveFault): fault is Of<K> {
  return fault.kind === kind;
}

/** Does a fault that names one thing, or `*`, mean this one? */
export function matches(pattern: string, name: string): boolean {
  return pattern === '*' || pattern === name;
}
