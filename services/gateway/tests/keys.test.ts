import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFleet, TEST_KEY } from './fleet.ts';
import type { Fleet } from './fleet.ts';
import { ask } from './raw-client.ts';
import type { StrictMessage } from './strict-http.ts';

const WELL_FORMED = `omni_live_${'a'.repeat(44)}000000`;

describe.each([1, 3])('with %i instances', (instances) => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(instances);
  });
  afterAll(() => fleet.stop());
  beforeEach(() => fleet.reset());

  async function answerTo(...lines: string[]): Promise<StrictMessage> {
    const head = `GET /x HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
    const { answers } = await ask(fleet.nextPort(), head, { answers: 1 });
    const [answer] = answers;
    if (answer === undefined) throw new Error('no answer');
    return answer;
  }

  /** All of an answer but what differs from request to request. */
  const fingerprint = ({ start, headers, body }: StrictMessage): string =>
    JSON.stringify([
      start,
      headers.filter(([name]) => name !== 'date' && name !== 'x-request-id'),
      body.toString('latin1'),
    ]);

  it('GS2: every refusal of a key is the same, byte for byte', async () => {
    const answers = [
      await answerTo(),
      await answerTo('X-Api-Key: x'),
      await answerTo(`X-Api-Key: ${TEST_KEY}x`),
      await answerTo(`X-Api-Key: ${WELL_FORMED}`),
      await answerTo('Authorization: Basic eDp5'),
      await answerTo(`Authorization: Bearer ${WELL_FORMED}`),
    ];
    expect(new Set(answers.map(fingerprint)).size).toBe(1);
    expect(answers[0]?.start[1]).toBe('401');
    expect(fleet.requests).toEqual([]);
  });

  it.each([
    ['x-api-key', [`X-Api-Key: ${TEST_KEY}`], 200],
    ['Bearer', [`Authorization: Bearer ${TEST_KEY}`], 200],
    ['both alike', [`Authorization: Bearer ${TEST_KEY}`, `X-Api-Key: ${TEST_KEY}`], 200],
    ['both, different', [`Authorization: Bearer other`, `X-Api-Key: ${TEST_KEY}`], 400],
    ['two values', [`X-Api-Key: other`, `X-Api-Key: ${TEST_KEY}`], 400],
    ['an underscore', [`X_Api_Key: ${TEST_KEY}`], 401],
    ['a cookie', [`Cookie: x-api-key=${TEST_KEY}`], 401],
    ['a proxy credential', [`Proxy-Authorization: Bearer ${TEST_KEY}`], 401],
    ['another scheme', [`Authorization: Basic ${TEST_KEY}`], 401],
    ['a no-break space', [`X-Api-Key: \xa0${TEST_KEY}`], 401],
    ['no scheme', [`Authorization: ${TEST_KEY}`], 401],
  ])('GS4: a key in %s', async (_name, lines, status) => {
    expect(Number((await answerTo(...lines)).start[1])).toBe(status);
    expect(fleet.requests).toHaveLength(status === 200 ? 1 : 0);
  });

  it('GS4: a key in the query opens nothing and is in no log', async () => {
    const secret = 'query-canary-0123456789';
    const head = `GET /x?api_key=${TEST_KEY}&key=${secret} HTTP/1.1\r\nHost: a\r\n\r\n`;
    expect((await ask(fleet.nextPort(), head, { answers: 1 })).statuses).toEqual([401]);
    const output = (): string => fleet.gateways.map((gateway) => gateway.output()).join('');
    await expect.poll(output, { timeout: 10_000 }).toContain('client_unauthorized');
    expect(output()).not.toContain(secret);
    expect(output()).not.toContain(TEST_KEY);
  });

  it('GS5, CVE-2026-42208: text that is SQL, shell or script is a key like any other wrong one', async () => {
    const naughty = [
      "' OR '1'='1",
      "'; DROP TABLE keys;--",
      '$(id)',
      '%00',
      '../..',
      '{"$gt":""}',
      '\xff\xfe',
    ];
    for (const text of naughty) {
      const answer = await answerTo(`X-Api-Key: ${text}`);
      // Bytes that no key holds may be refused as a malformed request too.
      expect(['400', '401']).toContain(answer.start[1]);
    }
    expect(fleet.requests).toEqual([]);
  });

  it('GS5: no generated text opens the gateway', async () => {
    const printable = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(printable, async (text) => {
        fc.pre(text.trim() !== TEST_KEY);
        expect((await answerTo(`X-Api-Key: ${text}`)).start[1]).toMatch(/^40[01]$/);
      }),
      { numRuns: 40 },
    );
    expect(fleet.requests).toEqual([]);
  });
});
