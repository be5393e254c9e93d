import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/**
 * Reads a stream line by line and keeps at most `limit` characters of each: a program that writes
 * without a line break must not fill our memory, which is what node:readline would let it do.
 */
export function readLines(source: Readable, limit: number, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let line = '';
  const read = (text: string): void => {
    const [first = '', ...others] = text.split('\n');
    line += first.slice(0, limit - line.length);
    for (const next of others) {
      onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
      line = next.slice(0, limit);
    }
  };
  source.on('data', (piece: Buffer) => {
    read(decoder.write(piece));
  });
  source.once('end', () => {
    read(decoder.end());
    if (line !== '') onLine(line);
  });
  source.on('error', () => undefined); // The pipe broke: its process is going, and that is told.
}
