import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutatedOnce } from './testing/mutated.ts';
import { cut, emptyReading, readNode, readOurs } from './testing/read-answer.ts';
import type { Reading } from './testing/read-answer.ts';

const OK = 'HTTP/1.1 200 OK\r\n';

/** What is refused is refused however it is cut; only which fault is met first depends on it. */
function outcome(reading: Reading | Error): Reading | 'refused' {
  return reading instanceof Error ? 'refused' : reading;
}

const lines = fc.constantFrom(
  ...[
    'Content-Length: 5',
    'content-length: 0',
    'Content-Length: 05',
    'content-length: 5 ',
    'Content-Length: 5,5',
  ],
  ...[
    'Transfer-Encoding: chunked',
    'transfer-encoding: Chunked',
    'Transfer-Encoding: gzip, chunked',
  ],
  ...['Transfer-Encoding : chunked', 'Transfer-Encoding:\tchunked', 'transfer_encoding: chunked'],
  ...[
    'Connection: close',
    'Connection: keep-alive',
    'Keep-Alive: timeout=5',
    'Trailer: x',
    'X-A: b',
    'X-A:',
    ' x: y',
  ],
  ...[
    'X-\u00e9: b',
    'X-B: \u00e9\u00ff',
    'x: a\tb',
    'Date: Wed, 25 Nov 2026 00:00:00 GMT',
    'upgrade: h2c',
  ],
);
const starts = fc.constantFrom(
  ...[
    'HTTP/1.1 200 OK',
    'HTTP/1.1 200',
    'HTTP/1.1 204 None',
    'HTTP/1.1 304 Not',
    'HTTP/1.0 200 OK',
    'HTTP/1.1 599 x',
  ],
  ...[
    'HTTP/1.1 103 Early\r\nlink: a\r\n\r\nHTTP/1.1 200 OK',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No',
  ],
  ...[
    'http/1.1 200 OK',
    'HTTP/1.1 200\tOK',
    'HTTP/1.1 1000 OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.10 200 OK',
    '\r\nHTTP/1.1 200 OK',
  ],
);
const bodies = fc.constantFrom(
  ...[
    '',
    'hello',
    'hell',
    'hello and more',
    '5\r\nhello\r\n0\r\n\r\n',
    '5;a=b\r\nhello\r\n0\r\n\r\n',
    '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
  ],
  ...[
    '5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n',
    '05\r\nhello\r\n00\r\n\r\n',
    '5 \r\nhello\r\n0\r\n\r\n',
    '5;a="b"\r\nhello\r\n0\r\n\r\n',
  ],
  ...[
    '5;\r\nhello\r\n0\r\n\r\n',
    '5;a=\r\nhello\r\n0\r\n\r\n',
    '5;=b\r\nhello\r\n0\r\n\r\n',
    '5\nhello\r\n0\r\n\r\n',
    '5\r\nhello\n0\r\n\r\n',
  ],
  ...[
    '5\r\nhello0\r\n\r\n',
    '0\r\n\r\n',
    '0\r\nx: y\r\n',
    'g\r\n\r\n',
    '-1\r\nx\r\n0\r\n\r\n',
    'FFFFFFFFFFFFFFFFF\r\nx',
  ],
);
const ends = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r\n ', '\r');
const answers = fc
  .tuple(starts, fc.array(lines, { maxLength: 4 }), bodies, ends)
  .map(([start, fields, body, end]) => `${[start, ...fields].join('\r\n')}${end}\r\n${body}`);

/** Answers that are mostly valid: the mutations of these are the near misses. */
const CHUNKED = 'Transfer-Encoding: chunked';
const nearly = fc
  .tuple(
    fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 404 Not Found',
      'HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200',
    ),
    fc.constantFrom(
      'X-A: b',
      'Set-Cookie: a=1\r\nset-cookie: b=2',
      'Connection: close',
      'X-B:\t\u00e9',
    ),
    fc.constantFrom(
      ...[
        ['Content-Length: 5', 'hello'],
        ['Content-Length: 0', ''],
        ['X-C: d', 'until the end'],
      ],
      ...[
        [CHUNKED, '5\r\nhello\r\n0\r\n\r\n'],
        [CHUNKED, '2;a=b\r\nhe\r\n3\r\nllo\r\n0;c\r\nX-T: 1\r\n\r\n'],
      ],
    ),
  )
  .map(([start, field, [framing, body]]) => `${start}\r\n${field}\r\n${framing}\r\n\r\n${body}`);

const mutated = mutatedOnce(fc.oneof(answers, nearly));
const methods = fc.constantFrom('GET', 'GET', 'HEAD', 'POST');

/** `PARSER_RUNS` for a longer search. */
const RUNS = Number(process.env['PARSER_RUNS'] ?? 1_500);

describe('beside another reader (llhttp)', () => {
  it('reads the same, wherever the bytes are cut, or refuses', async () => {
    let both = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(answers, nearly, mutated),
        methods,
        fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
        async (text, method, places) => {
          const bytes = Buffer.from(text, 'latin1');
          const ours = readOurs([bytes], method);
          const inPieces = readOurs(cut(bytes, places), method);
          expect(outcome(inPieces)).toEqual(outcome(ours));
          // An answer that is refused or breaks off is never passed on as a whole one.
          if (ours instanceof Error || !ours.complete || ours.excess) return;
          const theirs = await readNode(bytes, method);
          both += 1;
          expect(theirs).toEqual({ ...emptyReading(), ...ours });
        },
      ),
      { numRuns: RUNS },
    );
    expect(both).toBeGreaterThan(RUNS / 8);
  });

  it('reads any bytes in any pieces without a crash, and alike', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat({ max: 300 })),
        (noise, places) => {
          const bytes = Buffer.concat([Buffer.from(OK), Buffer.from(noise)]);
          expect(outcome(readOurs(cut(bytes, places)))).toEqual(outcome(readOurs([bytes])));
        },
      ),
      { numRuns: 500 },
    );
  });
});
