import { bendChunks } from './bend-chunks.ts';
import { bendFraming } from './bend-framing.ts';
import { bendHeaders, bendKeys } from './bend-headers.ts';
import { mutate, truncate } from './mutate.ts';
import { randomFor } from './random.ts';
import type { Random } from './random.ts';
import { hiddenRequest, markerOf, plainRequest, write } from './request-parts.ts';
import type { RequestParts } from './request-parts.ts';

export const SUBJECTS = ['http', 'headers', 'chunks', 'keys', 'upstream'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** What a client sends on one connection. */
export interface FuzzInput {
  index: number;
  subject: Subject;
  bytes: Buffer;
}

export interface InputOptions {
  seed: number;
  /** All in turn when none is named. */
  subject: Subject | undefined;
}

/** Input number `index` of a run; the same for the same options. */
export function makeInput({ seed, subject: only }: InputOptions, index: number): FuzzInput {
  const random = randomFor(seed, index);
  const subject = only ?? SUBJECTS[index % SUBJECTS.length] ?? 'http';
  let text = '';
  // Mostly one request; sometimes several in one go, which keeps bytes behind the first one.
  const count = random.once(6) ? 2 + random.int(2) : 1;
  for (let part = 0; part < count; part += 1) text += requestText(random, subject, { index, part });
  let bytes = Buffer.from(text, 'latin1');
  if (subject === 'upstream') return { index, subject, bytes };
  if (random.once(subject === 'http' ? 3 : 8)) bytes = Buffer.from(mutate(bytes, random));
  if (random.once(40)) bytes = Buffer.from(truncate(bytes, random));
  return { index, subject, bytes };
}

function requestText(
  random: Random,
  subject: Subject,
  { index, part }: { index: number; part: number },
): string {
  const marker = markerOf(index, part);
  const parts = plainRequest(random, marker);
  bend(parts, random, subject);
  const hidden = subject === 'http' && random.once(3) ? hiddenRequest(random, marker) : '';
  return write(random, { ...parts, body: parts.body + hidden });
}

function bend(parts: RequestParts, random: Random, subject: Subject): void {
  switch (subject) {
    case 'http': {
      bendFraming(parts, random);
      return;
    }
    case 'headers': {
      bendHeaders(parts, random);
      return;
    }
    case 'chunks': {
      bendChunks(parts, random);
      return;
    }
    case 'keys': {
      bendKeys(parts, random);
      return;
    }
    case 'upstream': {
      // The request is plain: the answer is bent (answers.ts).
      return;
    }
  }
}
