import type { Settings } from '../../shared/domain/settings.ts';
import type { SampleTraffic } from '../../shared/contract/stack.ts';
import type { StackHealth } from '../../shared/domain/health.ts';
import type { Marker } from '../../shared/domain/latency-board.ts';
import type { Operation } from '../../shared/domain/operation.ts';
import type { PendingChange } from '../../shared/domain/safety.ts';
import type { Target } from '../../shared/domain/target.ts';
import { LOCAL_TARGET } from '../../shared/domain/target.ts';
import type { ConsolePorts } from '../ports/console-ports.ts';
import { CanaryDesk } from './canary/canary-desk.ts';
import { OperationRunner } from './operations/operation-runner.ts';
import { Confirmations } from './safety/confirmations.ts';
import { Topic } from './topic.ts';

/** What the console remembers only while it runs. */
export interface ConsoleMemory {
  /** Newest first, logs included. */
  readonly operations: Topic<readonly Operation[]>;
  readonly settings: Topic<Settings>;
  readonly sampleTraffic: Topic<SampleTraffic>;
  /** The last health reading: what the next one is compared with. */
  readonly health: Topic<StackHealth | null>;
  /** Key changes made from here, drawn on the boards. */
  readonly keyMarkers: Topic<readonly Marker[]>;
  /** False while the journal is read at start: operations may be missing until then. */
  readonly journalRead: Topic<boolean>;
  /** True until the work that happens by itself at start is done or under way. */
  readonly starting: Topic<boolean>;
  /** Confirmed changes that can still be taken back. */
  readonly pendingChanges: Topic<readonly PendingChange[]>;
  /** Operations of the first deploy of the stack, newest attempt only. */
  readonly stackOperations: Topic<readonly string[]>;
  /** Where running canaries find what humans asked of them. */
  readonly canaries: CanaryDesk;
}

/** What is known at start and doesn't change. */
export interface ConsoleFacts {
  readonly version: string;
  readonly runtimes: readonly { readonly name: string; readonly version: string }[];
  readonly stateFolder: string;
  /** How long an ordinary change can be taken back; 0 never waits. */
  readonly cancelWindowMs: number;
  /** What was wrong with the settings file, null when nothing was. */
  readonly settingsWarning: string | null;
}

/** What every use case is given. */
export interface Core {
  readonly facts: ConsoleFacts;
  readonly ports: ConsolePorts;
  readonly memory: ConsoleMemory;
  readonly runner: OperationRunner;
  /** Names that were asked for and typed. */
  readonly confirmations: Confirmations;
}

/** A core over these ports; nothing is read or started yet. */
export function createCore(ports: ConsolePorts, facts: ConsoleFacts, settings: Settings): Core {
  const operations = new Topic<readonly Operation[]>([]);
  const { requestsPerSecond } = settings.sampleTraffic;
  const memory: ConsoleMemory = {
    operations,
    settings: new Topic(settings),
    sampleTraffic: new Topic<SampleTraffic>({
      on: false,
      requestsPerSecond,
      sent: 0,
      failed: 0,
      lastFailure: null,
    }),
    health: new Topic<StackHealth | null>(null),
    keyMarkers: new Topic<readonly Marker[]>([]),
    journalRead: new Topic<boolean>(true),
    starting: new Topic<boolean>(false),
    pendingChanges: new Topic<readonly PendingChange[]>([]),
    stackOperations: new Topic<readonly string[]>([]),
    canaries: new CanaryDesk(),
  };
  return {
    facts,
    ports,
    memory,
    runner: new OperationRunner(ports, operations),
    confirmations: new Confirmations(
      () => ports.clock.now(),
      () => ports.newId(),
    ),
  };
}

/** The target by id, also one that the settings have lost: it is told apart by its kind. */
export function targetById(core: Core, id: string): Target {
  const known = core.memory.settings.value.targets.find((target) => target.id === id);
  return known ?? { ...LOCAL_TARGET, id, name: id, kind: 'cloud-run', mode: 'read-only' };
}

/** The target that is chosen now; the local one when the settings name none that exists. */
export function selectedTarget(core: Core): Target {
  const { targets, targetId } = core.memory.settings.value;
  return targets.find((target) => target.id === targetId) ?? LOCAL_TARGET;
}
