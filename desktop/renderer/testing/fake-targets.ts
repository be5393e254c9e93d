import type { PlatformDifference } from '../../shared/domain/platform-difference.ts';
import type { PendingChange } from '../../shared/domain/safety.ts';
import { NO_SIGN_IN } from '../../shared/domain/sign-in.ts';
import { LOCAL_TARGET } from '../../shared/domain/target.ts';
import type { ConsoleClient, Stream } from '../api/client.ts';

function sampleDifferences(): PlatformDifference[] {
  return [
    {
      topic: 'images',
      here: 'artifacts of local builds, `local/NAME@sha256:...`',
      there: 'any OCI image',
      test: 'build/local-builds.test.ts',
    },
    { topic: 'REST', here: 'gRPC only', there: 'both (unverified)', test: null },
  ];
}

/** What an answer is made of: it arrives, fails or never comes, as the scenario says. */
interface Answering {
  value<T>(make: () => T): Promise<T>;
  live<T>(
    make: () => T,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Stream<T>>;
}

/** The targets, their sign-ins, and what waits to be sent. */
export function targetGroups(answers: Answering): Pick<ConsoleClient, 'safety' | 'targets'> {
  const nothing = (): Promise<void> => answers.value(() => undefined);
  return {
    safety: {
      confirm: nothing,
      watchPending: (...[, options]) => answers.live<PendingChange[]>(() => [], options),
      cancelPending: nothing,
    },
    targets: {
      list: () => answers.value(() => ({ targets: [LOCAL_TARGET], selected: 'local' })),
      select: () => answers.value(() => LOCAL_TARGET),
      setMode: ({ mode }) => answers.value(() => ({ ...LOCAL_TARGET, mode })),
      setClass: (input) => answers.value(() => ({ ...LOCAL_TARGET, class: input.class })),
      add: (details) => answers.value(() => ({ ...LOCAL_TARGET, ...details, id: 'added' })),
      edit: (details) => answers.value(() => ({ ...LOCAL_TARGET, ...details })),
      remove: nothing,
      watchSignIn: (...[, options]) => answers.live(() => NO_SIGN_IN, options),
      signIn: nothing,
      cancelSignIn: nothing,
      signOut: nothing,
      differences: () => answers.value(sampleDifferences),
      checkAccess: () => answers.value(() => ({ findings: [], checkedAt: Date.now() })),
    },
  };
}
