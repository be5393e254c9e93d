import type { Random } from './random.ts';
import { hiddenRequest, letters } from './request-parts.ts';
import type { RequestParts } from './request-parts.ts';

const EXTENSIONS: readonly [string, ...string[]] = [
  '',
  '',
  ';',
  ';a',
  ';a=b',
  ';a="b"',
  ' ;a',
  ';a="b;c"',
  ';a\tb',
  ';\x80',
  ';a="\n"',
  ';a\rb',
  ';a\n',
  '\0',
  ' ',
  '\t',
  ';a="\\""',
  `;${'x'.repeat(300)}`,
];

const SIZES: readonly [string, ...string[]] = [
  '-1',
  '+1',
  '0x1',
  '1 ',
  ' 1',
  '1\x0b',
  '1_0',
  'g',
  '',
  '00000000000000000001',
  'ffffffffffffffff',
  '100000000',
  '10000000000000001',
  '1.',
  '1,1',
  '１',
];

const ENDS: readonly [string, ...string[]] = [
  '0\r\n\r\n',
  '0\r\n\r\n',
  '0\r\n\r\n',
  '00\r\n\r\n',
  '0;a=b\r\n\r\n',
  '0\r\n',
  '0\n\n',
  '0\r\n\n',
  '0\r\r\n\r\n',
  '0\r\nX: y\r\n\r\n',
  '0\r\nContent-Length: 5\r\n\r\n',
  '0\r\nTransfer-Encoding: chunked\r\n\r\n',
  '0\r\nHost: evil\r\nX-Api-Key: other\r\n\r\n',
  '0\r\nbad trailer\r\n\r\n',
  '0\r\n X: y\r\n\r\n',
  '0\r\nX : y\r\n\r\n',
  '0\r\nX: y\nZ: 1\r\n\r\n',
  '',
];

/** A chunked body, written as nobody should, sometimes with a whole request inside. */
export function bendChunks(parts: RequestParts, random: Random): void {
  const marker = parts.line.split(' ')[1] ?? '';
  parts.line = `POST ${marker} HTTP/1.1`;
  parts.headers = parts.headers.filter((line) => !/^(content-length|transfer-enc)/i.test(line));
  parts.headers.push('Transfer-Encoding: chunked');
  let body = '';
  for (let times = random.int(5); times > 0; times -= 1) body += chunk(random, marker);
  parts.body = body + random.pick(ENDS);
}

function chunk(random: Random, marker: string): string {
  const text = random.once(4) ? hiddenRequest(random, marker) : letters(random, 1 + random.int(30));
  const hex = text.length.toString(16);
  const forms = [hex, hex, hex, hex, hex.toUpperCase(), `00${hex}`] as const;
  let size: string = random.pick(forms);
  if (random.once(12)) size = Buffer.from(random.pick(SIZES)).toString('latin1');
  if (random.once(12)) size = (text.length + 1 - random.int(3)).toString(16);
  const extension = random.once(3) ? random.pick(EXTENSIONS) : '';
  const end = random.once(15)
    ? random.pick(['\n', '\r', '', '\r\n\r\n', 'x\r\n'] as const)
    : '\r\n';
  const lineEnd = random.once(15) ? random.pick(['\n', '\r', '\r\r\n', ' \r\n'] as const) : '\r\n';
  return `${size}${extension}${lineEnd}${text}${end}`;
}
