import type { Random } from './random.ts';

/** Bytes that parsers disagree about: controls, separators, the upper half. */
const TELLING: readonly [number, ...number[]] = [
  0, 1, 9, 10, 11, 12, 13, 28, 32, 34, 40, 44, 45, 47, 48, 58, 59, 61, 92, 95, 123, 127, 128, 133,
  160, 255,
];

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const splice = (bytes: Buffer, at: number, change: { drop?: number; add?: Buffer }): Buffer =>
  Buffer.concat([
    bytes.subarray(0, at),
    change.add ?? Buffer.alloc(0),
    bytes.subarray(at + (change.drop ?? 0)),
  ]);

const LINE_ENDS: readonly [string, ...string[]] = [
  '\n',
  '\r',
  '\r\r\n',
  '\n\r',
  '\n\n',
  '\r\n\r\n',
  '\r\n ',
  '\r\n\t',
  ' \r\n',
  '\0\r\n',
  '',
];

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  (bytes, random) => splice(bytes, random.int(bytes.length), { drop: 1 }),
  (bytes, random) =>
    splice(bytes, random.int(bytes.length + 1), { add: Buffer.of(random.pick(TELLING)) }),
  (bytes, random) =>
    splice(bytes, random.int(bytes.length), { drop: 1, add: Buffer.of(random.pick(TELLING)) }),
  (bytes, random) =>
    splice(bytes, random.int(bytes.length), { drop: 1, add: Buffer.of(random.int(256)) }),
  (bytes, random) => {
    const at = random.int(bytes.length);
    const piece = bytes.subarray(at, at + 1 + random.int(40));
    return splice(bytes, random.int(bytes.length), { add: piece });
  },
  (bytes, random) => splice(bytes, random.int(bytes.length), { drop: 1 + random.int(20) }),
  // The end of a line, written otherwise: most framing bugs live there.
  otherLineEnd,
  otherLineEnd,
];

function otherLineEnd(bytes: Buffer, random: Random): Buffer {
  const ends: number[] = [];
  for (let at = bytes.indexOf('\r\n'); at >= 0; at = bytes.indexOf('\r\n', at + 2)) ends.push(at);
  const at = ends[random.int(Math.max(1, ends.length))];
  if (at === undefined) return bytes;
  return splice(bytes, at, { drop: 2, add: Buffer.from(random.pick(LINE_ENDS), 'latin1') });
}

/** Changes a few bytes somewhere. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let changed = bytes;
  for (let times = 1 + random.int(3); times > 0 && changed.length > 0; times -= 1) {
    changed = random.pick(MUTATIONS)(changed, random);
  }
  return changed;
}

/** The beginning only, as of a client that goes away. */
export function truncate(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, 1 + random.int(Math.max(1, bytes.length - 1)));
}
