import type { Presence, RevisionReferences } from '../../ports/revision-references.ts';

/** Everything is there until a test takes it away, or says that it can't be looked up. */
export class MemoryReferences implements RevisionReferences {
  readonly #gone = new Set<string>();
  #blind: string | null = null;

  /** From now on this image or secret is missing. */
  remove(name: string): void {
    this.#gone.add(name);
  }

  /** From now on nothing can be looked up, for this reason. */
  goBlind(reason: string): void {
    this.#blind = reason;
  }

  image(image: string): Promise<Presence> {
    return Promise.resolve(this.#look(image));
  }

  secret(secret: string): Promise<Presence> {
    return Promise.resolve(this.#look(secret));
  }

  #look(name: string): Presence {
    if (this.#blind !== null) return { state: 'unknown', detail: this.#blind };
    return this.#gone.has(name)
      ? { state: 'missing', detail: `${name} was removed` }
      : { state: 'present' };
  }
}
