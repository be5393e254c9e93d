import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';

const ORIGIN = 'https://app.example';
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Rig {
  url: string;
  asked: () => number;
  ask: (headers: Record<string, string>, method?: string) => Promise<Response>;
}

/** An upstream that has CORS headers of its own, which are none of the browser's business. */
async function rig(env: Record<string, string>): Promise<Rig> {
  const upstream = await startUpstream((_request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('vary', 'Accept');
    response.end('ok');
  });
  const gateway = await startGateway({ UPSTREAM_URL: upstream.url, ...env });
  stops.push(upstream.stop, gateway.stop);
  return {
    url: gateway.url,
    asked: () => upstream.requests.length,
    ask: (headers, method = 'GET') => fetch(`${gateway.url}/api/x`, { headers, method }),
  };
}

const PREFLIGHT = { origin: ORIGIN, 'access-control-request-method': 'POST' };
const key = { 'x-api-key': TEST_KEY };

function corsNames(answer: Response): string[] {
  return [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
}

describe('CORS', () => {
  it('is off without ALLOWED_ORIGINS, and hides what the upstream says of it', async () => {
    const { ask } = await rig({});
    const answer = await ask({ ...key, origin: ORIGIN });
    expect(answer.status).toBe(200);
    expect(corsNames(answer)).toEqual([]);
    expect(answer.headers.get('vary')).toBe('Accept');
    expect((await ask(PREFLIGHT, 'OPTIONS')).status).toBe(401);
  });

  it('answers an allowed origin by its name, without credentials', async () => {
    const { ask } = await rig({ ALLOWED_ORIGINS: `${ORIGIN},https://other.example` });
    const answer = await ask({ ...key, origin: ORIGIN });
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')).toMatch(/Accept.*Origin|Origin.*Accept/);
    // Also what the gateway refuses: the page could not read why otherwise.
    const refused = await ask({ origin: ORIGIN });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  });

  it.each(['https://evil.example', 'null', `${ORIGIN}.evil.example`, ORIGIN.toUpperCase()])(
    'tells the origin %s nothing, and caches about Vary',
    async (origin) => {
      const { ask } = await rig({ ALLOWED_ORIGINS: ORIGIN });
      const answer = await ask({ ...key, origin });
      expect(corsNames(answer)).toEqual([]);
      expect(answer.headers.get('vary')).toContain('Origin');
      const preflight = await ask({ ...PREFLIGHT, origin }, 'OPTIONS');
      expect(preflight.status).toBe(204);
      expect(corsNames(preflight)).toEqual([]);
    },
  );

  it('answers preflights itself: without a key, and without counting for a limit', async () => {
    const { ask, asked, url } = await rig({
      ALLOWED_ORIGINS: ORIGIN,
      RATE_LIMIT_PER_MINUTE: '1',
    });
    const wish = { 'access-control-request-headers': 'x-api-key, x-mine' };
    for (let i = 0; i < 5; i += 1) {
      const preflight = await ask({ ...PREFLIGHT, ...wish, ...key }, 'OPTIONS');
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('content-length')).toBeNull();
      expect(preflight.headers.get('access-control-allow-headers')).toBe('x-api-key, x-mine');
      expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    }
    expect(asked()).toBe(0);
    expect((await ask(key)).status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/gateway_ratelimit_decisions_total\{.*decision="admitted".*\} 1/);
  });

  it('never echoes an endless list of headers', async () => {
    const { ask } = await rig({ ALLOWED_ORIGINS: ORIGIN });
    const wish = { 'access-control-request-headers': `x-${'a'.repeat(4_000)}` };
    const preflight = await ask({ ...PREFLIGHT, ...wish }, 'OPTIONS');
    expect(preflight.headers.get('access-control-allow-headers')).toBe(
      'authorization, content-type, x-api-key',
    );
  });

  it('with * answers * to every origin, still without credentials', async () => {
    const { ask } = await rig({ ALLOWED_ORIGINS: '*' });
    const answer = await ask({ ...key, origin: 'https://any.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });
});
