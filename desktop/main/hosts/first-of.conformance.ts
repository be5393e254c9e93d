/** The first value of a stream, which is then left. */
export async function firstOf<T>(stream: AsyncIterable<T>): Promise<T> {
  for await (const value of stream) return value;
  throw new Error('the stream ended without a value');
}
