import { createRouterClient } from '@orpc/server';
import { router } from '../rpc/router.ts';
import { contractSuite } from './contract.conformance.ts';

contractSuite('an in-process call', ({ core }) =>
  Promise.resolve({
    client: createRouterClient(router, { context: { core, actor: 'tester' } }),
    close: () => Promise.resolve(),
  }),
);
