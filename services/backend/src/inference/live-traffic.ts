import type { ShadowOf } from './shadow.ts';
import { parseShadows } from './shadow.ts';
import type { RuleOf, TrafficRule } from './traffic-rule.ts';
import { parseTrafficRules } from './traffic-rule.ts';

/** How one model's requests are shared out and copied. */
export interface ModelTraffic {
  /** Null: everybody gets the newest ready version. */
  readonly shares: TrafficRule['shares'] | null;
  /** Version that gets copies; null for none. */
  readonly shadow: string | null;
}

/** Why a change was not made. */
export class TrafficError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TrafficError';
  }
}

/**
 * The traffic rules of this instance: those of the environment until an operator sets others. A rule
 * that is set holds until the process ends.
 */
export class LiveTraffic {
  readonly #ruleOf: RuleOf;
  readonly #shadowOf: ShadowOf;
  readonly #set = new Map<string, ModelTraffic>();

  constructor(ruleOf: RuleOf, shadowOf: ShadowOf) {
    this.#ruleOf = ruleOf;
    this.#shadowOf = shadowOf;
  }

  of(model: string): ModelTraffic {
    return (
      this.#set.get(model) ?? {
        shares: this.#ruleOf(model)?.shares ?? null,
        shadow: this.#shadowOf(model) ?? null,
      }
    );
  }

  readonly ruleOf: RuleOf = (model) => {
    const { shares } = this.of(model);
    return shares === null ? undefined : { shares };
  };

  readonly shadowOf: ShadowOf = (model) => this.of(model).shadow ?? undefined;

  /**
   * Sets a model's rules. What the environment would refuse is refused, and so is a version that is not
   * served: its share would go to another one.
   * @throws TrafficError
   */
  set(model: string, traffic: ModelTraffic, served: readonly string[]): void {
    const { shares, shadow } = traffic;
    if (shares !== null && !isRule(model, shares)) {
      throw new TrafficError('the shares must name each version once and add up to 100');
    }
    if (shadow !== null && parseShadows(`${model}=${shadow}`) === undefined) {
      throw new TrafficError('the shadow is no version');
    }
    const named = [...(shares ?? []).map(({ version }) => version), ...(shadow ?? '').split(',')];
    const absent = named.find((version) => version !== '' && !served.includes(version));
    if (absent !== undefined) throw new TrafficError(`version ${absent} is not served`);
    this.#set.set(model, traffic);
  }
}

function isRule(model: string, shares: TrafficRule['shares']): boolean {
  const list = shares.map(({ version, percent }) => `${version}:${percent}`).join(',');
  return parseTrafficRules(`${model}=${list}`) !== undefined;
}
