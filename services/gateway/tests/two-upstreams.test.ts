import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigDocumentInput } from '../src/routing/config-document.ts';
import { startGatewayProcess } from '../src/test-process.ts';
import type { GatewayProcess } from '../src/test-process.ts';
import { TEST_KEY } from './fleet.ts';
import { okAnswer, startRawUpstream } from './raw-upstream.ts';
import type { RawUpstream } from './raw-upstream.ts';

describe.each([1, 3])('with %i instances', (instances) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-two-'));
  const upstreams: RawUpstream[] = [];
  let gateways: GatewayProcess[] = [];

  beforeAll(async () => {
    for (const name of ['first', 'second']) {
      const onRequest = (): { bytes: string } => ({ bytes: okAnswer(name) });
      const onViolation = (what: string): void => expect.unreachable(what);
      upstreams.push(await startRawUpstream({ onRequest, onViolation }));
    }
    const document: ConfigDocumentInput = {
      format: 1,
      upstreams: {
        first: { targets: [{ url: upstreams[0]?.url ?? '' }] },
        second: { targets: [{ url: upstreams[1]?.url ?? '' }] },
      },
      routes: ['first', 'second'].map((upstream) => ({
        ...{ id: upstream, pathPrefix: `/${upstream}`, upstream, stripPrefix: true },
      })),
    };
    const file = path.join(folder, 'routes.json');
    writeFileSync(file, JSON.stringify(document));
    const env = { CONFIG_FILE: file, API_KEYS: TEST_KEY };
    gateways = await Promise.all(Array.from({ length: instances }, () => startGatewayProcess(env)));
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop('SIGKILL')));
    for (const upstream of upstreams) await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('CVE-2026-16158: two upstreams with the same paths are never mixed up', async () => {
    const asks = Array.from({ length: 200 }, async (_, at) => {
      const wanted = at % 2 === 0 ? 'first' : 'second';
      const { url } = gateways[at % gateways.length] ?? { url: '' };
      const answer = await fetch(`${url}/${wanted}/same`, { headers: { 'x-api-key': TEST_KEY } });
      return (await answer.text()) === wanted;
    });
    expect(new Set(await Promise.all(asks))).toEqual(new Set([true]));
  });
});
