import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import type { BoardUpdate, KeyUsage, RouteRow, ServiceFigures } from '../domain/latency-board.ts';
import { read } from './procedure.ts';

const service = z.enum(['gateway', 'backend']);
const values = z.array(z.number().nullable());

const boardUpdate: z.ZodType<BoardUpdate, BoardUpdate> = z.object({
  kind: z.enum(['full', 'append']),
  frame: z.object({
    times: z.array(z.number()),
    states: z.array(z.enum(['value', 'no_traffic', 'gap', 'stale'])),
    series: z.object({
      p50: values,
      p95: values,
      p99: values,
      requests: values,
      errors: values,
      inFlight: values,
    }),
    heat: z.array(z.array(z.number())),
  }),
  boundsMs: z.array(z.number()),
  markers: z.array(
    z.object({
      id: z.string(),
      at: z.number(),
      kind: z.enum(['deploy', 'roll_back', 'restart', 'key']),
      label: z.string(),
      service: z.string(),
    }),
  ),
  windowSeconds: z.number(),
  instances: z.number(),
  scrapedAt: z.number().nullable(),
});

const routeRow: z.ZodType<RouteRow, RouteRow> = z.object({
  method: z.string(),
  route: z.string(),
  requestsPerSecond: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  errorRatio: z.number(),
  spark: values,
});

const serviceFigures: z.ZodType<ServiceFigures, ServiceFigures> = z.object({
  service,
  requestsPerSecond: z.number().nullable(),
  p95Ms: z.number().nullable(),
  addedP95Ms: z.number().nullable(),
  errorRatio: z.number().nullable(),
  instances: z.number(),
  spark: values,
  scrapedAt: z.number().nullable(),
});

const keyUsage: z.ZodType<KeyUsage, KeyUsage> = z.object({
  keyId: z.string(),
  lastMinute: z.number(),
  perMinute: z.array(z.number()),
});

const boardQuery = z.object({
  service,
  route: z.string().nullable(),
  revision: z.string().nullable(),
  range: z.enum(['5m', '15m', '1h']),
});
export type BoardQuery = z.infer<typeof boardQuery>;

export const metrics = {
  /** One `full` update, then one `append` with the new points at 1 Hz. */
  watchBoard: read.input(boardQuery).output(eventIterator(boardUpdate)),
  /** Requests, quantiles and errors per route over the last minute. */
  routes: read.input(z.object({ service })).output(z.array(routeRow)),
  /** Routes and revisions that the boards can be filtered by. */
  filters: read
    .input(z.object({ service }))
    .output(z.object({ routes: z.array(z.string()), revisions: z.array(z.string()) })),
  /** Figures of the service cards, at 1 Hz. */
  watchFigures: read.output(eventIterator(z.array(serviceFigures))),
  /** Requests by key in the last hour. */
  keyUsage: read.output(z.array(keyUsage)),
};
