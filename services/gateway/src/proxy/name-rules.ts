/** Names are few and come again with every message: what is decided on one is kept. */
const MAX_RULES = 1_000;
const MAX_LEARNED_CHARS = 64;

/** Remembers what a function says of header names; bounded, whatever clients send. */
export class NameRules<Rule> {
  readonly #decide: (name: string) => Rule;
  readonly #rules = new Map<string, Rule>();

  constructor(decide: (name: string) => Rule) {
    this.#decide = decide;
  }

  of(name: string): Rule {
    return this.#rules.get(name) ?? this.#learn(name);
  }

  #learn(name: string): Rule {
    const rule = this.#decide(name);
    if (this.#rules.size < MAX_RULES && name.length <= MAX_LEARNED_CHARS) {
      // A copy: a part of a text keeps the whole text in memory, here a message's head.
      this.#rules.set(Buffer.from(name, 'latin1').toString('latin1'), rule);
    }
    return rule;
  }
}
