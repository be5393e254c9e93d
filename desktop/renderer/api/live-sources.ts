import type { SampleTraffic, StackStatus } from '../../shared/contract/stack.ts';
import type { StackHealth } from '../../shared/domain/health.ts';
import type { ServiceFigures } from '../../shared/domain/latency-board.ts';
import { isTerminal } from '../../shared/domain/operation.ts';
import type { Operation } from '../../shared/domain/operation.ts';
import type { PendingChange } from '../../shared/domain/safety.ts';
import type { SignInStatus } from '../../shared/domain/sign-in.ts';
import { useConsole } from './console-context.tsx';
import type { ConsoleClient } from './client.ts';
import type { LiveSource } from './use-live-query.ts';

interface LiveSources {
  readonly health: LiveSource<StackHealth>;
  readonly operations: LiveSource<readonly Operation[]>;
  readonly figures: LiveSource<readonly ServiceFigures[]>;
  readonly stack: LiveSource<StackStatus>;
  readonly sampleTraffic: LiveSource<SampleTraffic>;
  /** Confirmed changes that can still be taken back. */
  readonly pendingChanges: LiveSource<readonly PendingChange[]>;
  /** How the console stands with a target. */
  readonly signIn: (target: string) => LiveSource<SignInStatus>;
  /** One operation with its log. */
  readonly operation: (id: string) => LiveSource<Operation>;
}

function sourcesOf(client: ConsoleClient): LiveSources {
  return {
    health: {
      key: ['live', 'health'],
      read: (signal) => client.health.check(undefined, { signal }),
      watch: (signal) => client.health.watch(undefined, { signal }),
    },
    operations: {
      key: ['live', 'operations'],
      read: (signal) => client.operations.list(undefined, { signal }),
      watch: (signal) => client.operations.watchAll(undefined, { signal }),
    },
    figures: {
      key: ['live', 'figures'],
      watch: (signal) => client.metrics.watchFigures(undefined, { signal }),
    },
    stack: {
      key: ['live', 'stack'],
      watch: (signal) => client.stack.watch(undefined, { signal }),
    },
    sampleTraffic: {
      key: ['live', 'sample-traffic'],
      watch: (signal) => client.stack.watchSampleTraffic(undefined, { signal }),
    },
    pendingChanges: {
      key: ['live', 'pending-changes'],
      watch: (signal) => client.safety.watchPending(undefined, { signal }),
    },
    signIn: (id) => ({
      key: ['live', 'sign-in', id],
      watch: (signal) => client.targets.watchSignIn({ id }, { signal }),
    }),
    operation: (id) => ({
      key: ['live', 'operation', id],
      watch: (signal) => client.operations.watch({ id }, { signal }),
      isLast: (operation) => isTerminal(operation.state),
    }),
  };
}

/** The contract's live values, for `useLiveQuery`. */
export function useLiveSources(): LiveSources {
  return sourcesOf(useConsole().client);
}
