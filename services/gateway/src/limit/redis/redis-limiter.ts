import { createHash, randomUUID } from 'node:crypto';
import { bucketIdOf } from '../limit-plan.ts';
import type { PlannedLimit } from '../limit-plan.ts';
import type { CompiledPolicy } from '../compiled-policy.ts';
import type { Verdict } from '../verdict.ts';
import { LIMIT_SCRIPT, PRESENCE_SCRIPT } from './limit-script.ts';
import { isNoScript, RedisConnection } from './redis-connection.ts';
import type { SendCommand } from './redis-connection.ts';

/** In braces: a Redis Cluster keeps all limits in one slot, so one call can see them together. */
const PREFIX = 'omni:{limits}:';
const INSTANCES_KEY = `${PREFIX}instances`;
const SCRIPT_SHA = createHash('sha1').update(LIMIT_SCRIPT).digest('hex');
const PRESENT_EVERY_MS = 1_000;
/** An instance whose CPU is frozen between requests is still there; longer silence means gone. */
const PRESENT_FOR_MS = 60_000;
/** A server that was restarted has forgotten everybody: so long it is not believed that they left. */
const GATHER_FOR_MS = 2_500;
const TOO_LATE = -1;

export interface RedisLimiterOptions {
  url: string;
  timeoutMs: number;
  reachable: (reachable: boolean, error?: Error) => void;
  /** Tests only: microseconds to decide by instead of the server's clock. */
  clockUs?: () => number;
}

/** Limits counted in Redis, for all instances together. Every method rejects while it is lost. */
export class RedisLimiter {
  readonly #connection: RedisConnection;
  readonly #options: RedisLimiterOptions;
  readonly #instanceId = randomUUID();
  #beat: NodeJS.Timeout | undefined;
  /** Instances seen at the last beat; what the local share is worked out from. */
  #instances = 1;
  #connectedAt = -Infinity;
  /**
   * Server's clock minus ours, in microseconds. Every answer says it too high, by the way there, so
   * the lowest is the best.
   */
  #offsetUs = Infinity;

  constructor(options: RedisLimiterOptions) {
    this.#options = options;
    this.#connection = new RedisConnection({
      url: options.url,
      timeoutMs: options.timeoutMs,
      prove: (send) => {
        this.#connectedAt = performance.now();
        return this.#sayPresent(send);
      },
      reachable: options.reachable,
    });
  }

  get instances(): number {
    return this.#instances;
  }

  get isUp(): boolean {
    return this.#connection.isUp;
  }

  start(): void {
    this.#connection.start();
    this.#beat = setInterval(() => {
      // A beat that fails has been reported by the connection.
      if (this.isUp) this.#sayPresent((args) => this.#connection.send(args)).catch(() => undefined);
    }, PRESENT_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat);
    try {
      if (this.isUp) await this.#connection.send(['ZREM', INSTANCES_KEY, this.#instanceId]);
    } catch {
      // Whoever is left forgets this instance after PRESENT_FOR_MS.
    }
    this.#connection.stop();
  }

  /** Decides on one request by all of its limits and pays for it, in one atomic call. */
  async check(limits: readonly PlannedLimit[], address: string): Promise<Verdict> {
    const keys = limits.map((limit) => bucketIdOf(limit, address));
    const rules = limits.map(({ rule }) => rule);
    return toVerdict(await this.#run('spend', { keys, rules }));
  }

  /** State of one limit of a subject; spends nothing. */
  async peek(rule: CompiledPolicy, bucketId: string): Promise<Omit<Verdict, 'index' | 'admitted'>> {
    const answer = await this.#run('peek', { keys: [bucketId], rules: [rule] });
    const [, , waitUs = 0, remaining = 0, resetUs = 0] = answer;
    return { waitUs, remaining, resetUs };
  }

  async reset(bucketId: string): Promise<boolean> {
    return (await this.#connection.send(['DEL', PREFIX + bucketId])) === 1;
  }

  async #run(mode: 'spend' | 'peek', { keys, rules }: Question): Promise<readonly number[]> {
    const head = [String(keys.length), ...keys.map((key) => PREFIX + key), mode];
    const tail = rules.flatMap(ruleArguments);
    const answer = await this.#ask(head, tail);
    if (answer[0] !== TOO_LATE) return answer;
    // Its clock went forward, or the answer took long: what it says now is what counts.
    this.#offsetUs = (answer[1] ?? 0) - performance.now() * 1_000;
    return this.#ask(head, tail);
  }

  async #ask(head: readonly string[], tail: readonly string[]): Promise<readonly number[]> {
    const clock = this.#clockArguments();
    return (await this.#evaluate([...head, ...clock, ...tail])) as readonly number[];
  }

  /** A server that wakes up late must not charge for what was decided without it by then. */
  #clockArguments(): readonly [deadline: string, clock: string] {
    const testClock = this.#options.clockUs?.();
    if (testClock !== undefined) return ['0', String(testClock)];
    if (!Number.isFinite(this.#offsetUs)) return ['0', ''];
    const nowUs = performance.now() * 1_000 + this.#offsetUs;
    // Half of the time limit: the offset is too high by the way there.
    return [String(Math.ceil(nowUs + this.#options.timeoutMs * 500)), ''];
  }

  async #evaluate(args: readonly string[]): Promise<unknown> {
    try {
      return await this.#connection.send(['EVALSHA', SCRIPT_SHA, ...args]);
    } catch (error) {
      if (!(error instanceof Error) || !isNoScript(error)) throw error;
      return this.#connection.send(['EVAL', LIMIT_SCRIPT, ...args]);
    }
  }

  async #sayPresent(send: SendCommand): Promise<void> {
    const args = ['1', INSTANCES_KEY, this.#instanceId, String(PRESENT_FOR_MS)];
    const sentUs = performance.now() * 1_000;
    const answer = (await send(['EVAL', PRESENCE_SCRIPT, ...args])) as readonly number[];
    const [present = 1, serverUs = Infinity] = answer;
    this.#offsetUs = Math.min(this.#offsetUs, serverUs - sentUs);
    const isGathering = performance.now() - this.#connectedAt < GATHER_FOR_MS;
    this.#instances = isGathering ? Math.max(present, this.#instances) : present;
  }
}

interface Question {
  keys: readonly string[];
  rules: readonly CompiledPolicy[];
}

function ruleArguments(rule: CompiledPolicy): readonly string[] {
  return rule.exact
    ? ['e', String(rule.limit), String(rule.windowUs), String(rule.cost)]
    : ['r', String(rule.costUs), String(rule.toleranceUs), String(rule.windowUs)];
}

function toVerdict(answer: readonly number[]): Verdict {
  const verdict: Verdict = { admitted: true, waitUs: 0, index: 0, remaining: 0, resetUs: 0 };
  verdict.admitted = answer[0] === 1;
  if (answer[0] === TOO_LATE) throw new Error('Redis answers too late');
  let least = Infinity;
  for (let i = 0; 2 + 3 * i < answer.length; i += 1) {
    const [waitUs = 0, remaining = 0, resetUs = 0] = answer.slice(2 + 3 * i, 5 + 3 * i);
    const closer = verdict.admitted ? remaining < least : waitUs > verdict.waitUs;
    if (!closer) continue;
    least = remaining;
    verdict.waitUs = verdict.admitted ? 0 : waitUs;
    verdict.index = i;
    verdict.remaining = verdict.admitted ? remaining : 0;
    verdict.resetUs = resetUs;
  }
  return verdict;
}
