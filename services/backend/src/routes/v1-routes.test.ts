import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { referenceTexts, shippedModel } from '../testing/reference.ts';
import type { TestService } from '../testing/test-service.ts';
import { createTestService, whenReady } from '../testing/test-service.ts';
import { embeddingsResponse, openAiError } from './embeddings-schema.ts';

const model = 'all-minilm-l6-v2';
let test: TestService;
beforeAll(async () => {
  test = await createTestService();
  await whenReady(test);
});
afterAll(() => test.close());

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, unknown>;
}

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const payload = JSON.stringify(body);
  const answer = await test.app.inject({
    method: 'POST',
    url: '/v1/embeddings',
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}

async function embed(body: object): Promise<z.infer<typeof embeddingsResponse>> {
  const answer = await post({ model, ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return embeddingsResponse.parse(answer.body);
}

describe('POST /v1/embeddings', () => {
  it('gives float and base64 the same numbers', async () => {
    const input = 'the same text';
    const float = (await embed({ input })).data[0]?.embedding;
    const base64 = (await embed({ input, encoding_format: 'base64' })).data[0]?.embedding;
    const bytes = Buffer.from(String(base64), 'base64');
    expect(bytes).toHaveLength(384 * 4);
    expect(Array.from({ length: 384 }, (_, at) => bytes.readFloatLE(at * 4))).toEqual(float);
  });

  it('takes a text, texts, ids and lists of ids, in order, with exact usage', async () => {
    const known = referenceTexts(await shippedModel()).flatMap(({ text, tokens }) =>
      tokens === null ? [] : [{ text, tokens }],
    );
    const texts = known.map(({ text }) => text);
    const ids = known.map(({ tokens }) => tokens);
    const byText = await embed({ input: texts });
    const used = ids.flat().length;
    expect(byText.usage).toEqual({ prompt_tokens: used, total_tokens: used });
    expect(byText.data.map(({ index }) => index)).toEqual([...known.keys()]);
    expect((await embed({ input: ids })).data).toEqual(byText.data);
    for (const input of [texts[1], ids[1]]) {
      expect((await embed({ input })).usage.prompt_tokens).toBe(ids.at(1)?.length);
    }
  });

  it('cuts only when asked to', async () => {
    const input = 'latency '.repeat(400);
    expect((await embed({ input, truncate: true })).usage.prompt_tokens).toBe(256);
    const refused = await post({ model, input });
    expect(refused.status).toBe(400);
    expect(openAiError.parse(refused.body).error).toMatchObject({
      code: 'input_too_long',
      param: 'input',
      message: expect.stringContaining('802 tokens') as string,
    });
  });

  it.each([
    ['no body field', {}, 400, 'model'],
    ['no input', { model }, 400, 'input'],
    ['an empty text', { model, input: '' }, 400, 'input'],
    ['an empty text in a list', { model, input: ['a', ''] }, 400, 'input'],
    ['an empty list', { model, input: [] }, 400, 'input'],
    ['too many', { model, input: Array.from({ length: 2_049 }, () => 'a') }, 400, 'input'],
    ['a mixed list', { model, input: ['a', 1] }, 400, 'input'],
    ['a foreign id', { model, input: [101, 30_522, 102] }, 400, 'input'],
    ['a broken id', { model, input: [1.5] }, 400, 'input'],
    ['dimensions without a figure', { model, input: 'a', dimensions: 100 }, 400, 'dimensions'],
    ['an unknown format', { model, input: 'a', encoding_format: 'hex' }, 400, 'encoding_format'],
    ['an unknown model', { model: 'none', input: 'a' }, 404, 'model'],
    ['9 000 characters', { model, input: 'a'.repeat(9_000) }, 400, 'input'],
  ])('refuses %s', async (_what, body, ...expected) => {
    const [status, param] = expected;
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(openAiError.parse(answer.body).error).toMatchObject({
      type: 'invalid_request_error',
      param,
    });
  });

  it('reads the deadline header', async () => {
    const bad = await post({ model, input: 'a' }, { 'x-request-timeout-ms': 'soon' });
    expect(bad.status).toBe(400);
    // No text twice: equal ones would run once.
    const text = (i: number): string => `a longer text that takes its time to embed, number ${i}`;
    const many = Array.from({ length: 64 }, (_, i) => text(i));
    const late = await post({ model, input: many }, { 'x-request-timeout-ms': '1' });
    expect(late.status).toBe(504);
    // By the measured pace: on a busy machine more than the one second that it is at least.
    expect(late.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  });

  it('tells where the time went', async () => {
    const { headers } = await post({ model, input: 'timing' });
    const [total, ...parts] = ['total', 'queue', 'tokenization', 'inference'].map((name) =>
      Number(headers[`x-${name}-time`]),
    );
    expect(total).toBeGreaterThan(0);
    expect(parts.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual((total ?? 0) * 1.05);
    expect(headers['server-timing']).toMatch(/total;dur=[\d.]+, queue/);
  });

  it('logs and counts without the text', async () => {
    await embed({ input: 'a very private sentence' });
    expect(test.logged()).not.toContain('private');
    const { body } = await test.service.metrics.render();
    expect(body).not.toContain('private');
    expect(body).toMatch(/ml_inference_requests_total\{[^}]*outcome="success"\} [1-9]/);
    expect(body).toMatch(/ml_inference_requests_total\{[^}]*outcome="invalid"\} [1-9]/);
    expect(body).toMatch(/ml_inference_requests_total\{[^}]*outcome="lane_died"\} 0/);
    expect(body).toMatch(/ml_model_ready\{[^}]*\} 1/);
  });
});

describe('GET /v1/models', () => {
  it('lists the models and knows each', async () => {
    const list = await test.app.inject('/v1/models');
    expect(list.json()).toMatchObject({ object: 'list', data: [{ id: model, object: 'model' }] });
    expect((await test.app.inject(`/v1/models/${model}`)).statusCode).toBe(200);
    expect((await test.app.inject('/v1/models/none')).statusCode).toBe(404);
  });
});
