import { epochQuery, epochStatus } from '@omni/contracts/gateway-admin/epoch.ts';
import type { AdminParts } from '../admin-parts.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';
import { AdminError } from '../http/admin-error.ts';
import { readEpochStatus } from '../read-epoch-status.ts';
import { followEpoch } from '../follow-epoch.ts';
import { refusal } from './key-answers.ts';

const EVENTS = 'text/event-stream';
/** Each one asks the store four times a second. */
const MAX_STREAMS = 16;

const refusals = {
  400: refusal('The epoch is no number (`invalid_request`)'),
  503: refusal('The key store is not available (`keystore_unavailable`)'),
};

/** How far every instance has come, once or as a stream. */
export function epochRoutes(parts: AdminParts): readonly AdminRoute[] {
  return [statusRoute(parts), streamRoute(parts)];
}

function statusRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/epoch', role: 'viewer', effect: 'read' },
    query: epochQuery,
    doc: {
      tag: 'Propagation',
      summary: 'Which instances enforce a change',
      description:
        'Every change answers its epoch. An instance that confirmed it enforces it; one that is idle asks the store before it serves again.',
      responses: {
        200: { description: 'The receipts of all instances', schema: epochStatus },
        ...refusals,
      },
      examples: [
        { name: 'Newest change', status: 200 },
        { name: 'One change', query: 'epoch=1', status: 200 },
        { name: 'Not a number', query: 'epoch=last', status: 400 },
      ],
    },
    handle: async ({ query }) => ({
      status: 200,
      body: await readEpochStatus(parts, query.epoch),
    }),
  });
}

function streamRoute(parts: AdminParts): AdminRoute {
  let open = 0;
  return adminRoute({
    ...{ method: 'GET', path: '/epoch/stream', role: 'viewer', effect: 'read' },
    query: epochQuery,
    doc: {
      tag: 'Propagation',
      summary: 'The same as server-sent events, whenever something changed',
      description: 'Events `receipts` with the body of `GET /epoch` as data; a comment every 15 s.',
      responses: {
        200: { description: 'Server-sent events', contentType: EVENTS },
        ...refusals,
      },
      // A stream does not end by itself; a test of its own reads it.
      examples: [{ name: 'Not a number', query: 'epoch=last', status: 400 }],
    },
    handle: async ({ query }) => {
      if (open >= MAX_STREAMS) throw new AdminError('rate_limited', 'Too many open streams');
      // Before the head of the answer: a store that is away is still a 503.
      const first = await readEpochStatus(parts, query.epoch);
      open += 1;
      const body = followEpoch(parts, { epoch: query.epoch, first });
      body.once('close', () => (open -= 1));
      return { status: 200, body, contentType: EVENTS };
    },
  });
}
