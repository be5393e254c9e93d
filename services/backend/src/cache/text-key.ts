import { hash } from 'node:crypto';
import type { EmbedItem } from '../inference/lane-protocol.ts';

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Names one input exactly: equal keys mean equal input and options. A digest, so that no cache holds
 * a text, and a key is as short for a page as for a word.
 */
export function textKey({ input, truncate }: EmbedItem): string {
  const cut = truncate ? 'c' : 'r';
  if (typeof input !== 'string') return digest(`i${cut}${input.join(',')}`);
  // UTF-8 writes every lone surrogate as the same replacement character: such texts keep UTF-16.
  if (!LONE_SURROGATE.test(input)) return digest(`t${cut}${input}`);
  return digest(Buffer.from(`u${cut}${input}`, 'utf16le'));
}

function digest(content: string | Buffer): string {
  return hash('sha256', content, 'base64url');
}
