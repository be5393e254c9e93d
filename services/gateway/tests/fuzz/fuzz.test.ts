import { signPrincipal } from '@omni/kit/principal.ts';
import { describe, expect, it } from 'vitest';
import type { StrictMessage } from '../strict-http.ts';
import { intentOf, Ledger, PRINCIPAL_SECRET } from './ledger.ts';
import { makeInput, SUBJECTS } from './inputs.ts';
import { FUZZ_KEYS } from './request-parts.ts';
import { runInputs } from './run-inputs.ts';
import { shrink } from './shrink.ts';

describe('the fuzz run', () => {
  it('G6, GS8: 20,000 inputs, as many as 20 s allow: no crash, no hang, nothing smuggled', async () => {
    const options = { seed: 7, subject: undefined };
    const report = await runInputs({
      seed: 7,
      inputs: 20_000,
      connections: 256,
      deadlineMs: 30_000,
      withinMs: 20_000,
      input: (index) => makeInput(options, index),
    });
    expect(report.finding).toBeNull();
    expect(report.done).toBeGreaterThan(500);
    expect(report.admitted).toBeGreaterThan(50);
  }, 60_000);

  it('makes the same input for the same seed and index', () => {
    for (const subject of SUBJECTS) {
      const twice = [0, 1].map(() => makeInput({ seed: 3, subject }, 41).bytes.toString('hex'));
      expect(twice[0]).toBe(twice[1]);
      expect(makeInput({ seed: 4, subject }, 41).bytes.toString('hex')).not.toBe(twice[0]);
    }
  });

  it('books only requests with a good key, and each of them once', () => {
    const text = 'GET /f/4-0 HTTP/1.1\r\nHost: a\r\nX-Api-Key: @\r\n\r\n';
    const intent = (key: string): ReturnType<typeof intentOf> =>
      intentOf({ index: 4, subject: 'http', bytes: Buffer.from(text.replace('@', key)) });
    const ledger = new Ledger(1);
    const [request] = intent('wrong').requests;
    if (request === undefined) throw new Error('not read');
    ledger.open(intent('wrong'));
    expect(ledger.arrived(request)).toContain('without a good key');
    ledger.open(intent(FUZZ_KEYS[0]));
    // As it came from the client: without what only the gateway can add.
    expect(ledger.arrived(request)).toContain('principal');
    const signed = (keyId: string): StrictMessage => {
      const who = { keyId, environment: 'e', identity: null, scopes: [] };
      const principal = signPrincipal(who, PRINCIPAL_SECRET, Date.now());
      const own = [
        ['x-omni-principal', principal],
        ['via', '1.1 omni-gateway'],
        ['x-request-id', 'r'],
      ] as const;
      return { ...request, headers: [['host', 'a'], ...own] };
    };
    expect(ledger.arrived(signed('env_2'))).toContain('principal');
    expect(ledger.arrived(signed('env_1'))).toBeNull();
    expect(ledger.arrived(signed('env_1'))).toContain('once more');
  });

  it('shrinks to what still shows it', async () => {
    const input = {
      ...makeInput({ seed: 1, subject: 'http' }, 1),
      bytes: Buffer.from('aaaaXbbbb'),
    };
    const smallest = await shrink(input, ({ bytes }) => Promise.resolve(bytes.includes('X')));
    expect(smallest?.bytes.toString()).toBe('X');
    expect(await shrink(input, () => Promise.resolve(false))).toBeNull();
  });
});
