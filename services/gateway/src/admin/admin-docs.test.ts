import { PAGE_CSP } from '@omni/kit/api-docs/render-page.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adminRoutes } from './admin-api.ts';
import type { AdminRoute } from './http/admin-route.ts';
import { startAdminRig } from './testing/admin-rig.ts';
import type { AdminRig } from './testing/admin-rig.ts';

let rig: AdminRig;
let routes: readonly AdminRoute[];
beforeAll(async () => {
  rig = await startAdminRig();
  routes = adminRoutes(rig.parts);
});
afterAll(() => rig.stop());

const openApi = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        responses: z.record(z.string(), z.unknown()),
        parameters: z
          .array(z.object({ name: z.string(), in: z.string(), required: z.boolean() }))
          .default([]),
      }),
    ),
  ),
});

const template = (path: string): string => `/admin/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`;

describe('the OpenAPI document', () => {
  it('describes every route, and no other', async () => {
    const { paths } = openApi.parse((await rig.call('GET', '/openapi.json', { token: null })).json);
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = routes.map(({ method, path }) => `${method} ${template(path)}`);
    expect(described.sort()).toEqual(served.sort());
    expect(served.length).toBeGreaterThanOrEqual(30);
  });

  it('says of every change that it needs its headers, and of every path its parameters', async () => {
    const { paths } = openApi.parse((await rig.call('GET', '/openapi.json')).json);
    for (const { method, path, effect } of routes) {
      const operation = paths[template(path)]?.[method.toLowerCase()];
      const required = operation?.parameters.filter((each) => each.required) ?? [];
      const names = required.map(({ name }) => name);
      const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      const headers = {
        read: [],
        new: ['idempotency-key'],
        existing: ['idempotency-key', 'if-match'],
      };
      expect(names, `${method} ${path}`).toEqual([...inPath, ...headers[effect]]);
    }
  });

  it('has an example for every route, and each does what it says', async () => {
    for (const route of routes) {
      expect(route.doc.examples.length, route.path).toBeGreaterThan(0);
      for (const example of route.doc.examples) {
        const label = `${route.method} ${route.path}: ${example.name}`;
        const path = Object.entries(example.params ?? {}).reduce(
          (filled, [name, value]) => filled.replace(`:${name}`, value),
          route.path,
        );
        const query = example.query === undefined ? '' : `?${example.query}`;
        const answer = await rig.call(route.method, `${path}${query}`, { body: example.body });
        expect(answer.status, `${label} ${answer.text}`).toBe(example.status);
        const doc = route.doc.responses[example.status];
        expect(doc, `${label} is documented`).toBeDefined();
        expect(answer.headers.get('content-type'), label).toContain(
          doc?.contentType ?? 'application/json',
        );
        doc?.schema?.parse(answer.json);
      }
    }
  });
});

describe('the docs page', () => {
  it('is open, and needs nothing from anywhere else', async () => {
    const page = await rig.call('GET', '/docs', { token: null });
    expect(page.headers.get('content-security-policy')).toBe(PAGE_CSP);
    expect(page.text).not.toMatch(/(?:src|href)="?(?:https?:)?\/\//);
    for (const { path } of routes) expect(page.text).toContain(`data-path="${template(path)}"`);
  });
});
