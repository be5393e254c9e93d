import { connect } from 'node:net';
import type { StrictMessage } from './strict-http.ts';
import { NotHttp, readAnswer } from './strict-http.ts';

const PATIENCE_MS = 10_000;

/** What came back on one connection. */
export interface RawExchange {
  /** Every answer that was complete, interim ones too. */
  answers: readonly StrictMessage[];
  /** Status codes of the answers. */
  statuses: readonly number[];
  /** The gateway closed the connection. */
  closed: boolean;
  /** Bytes that are no complete answer. */
  rest: string;
}

export interface AskOptions {
  /** How many final answers to wait for; default: until the connection closes. */
  answers?: number;
  /** The request was a HEAD. */
  head?: boolean;
}

/** Sends bytes as they are and reads the answers to the letter. */
export function ask(port: number, text: string, options: AskOptions = {}): Promise<RawExchange> {
  const { answers: wanted = Infinity, head = false } = options;
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    const finish = (closed: boolean): void => {
      socket.destroy();
      resolve(read(received, { head, closed }));
    };
    socket.setTimeout(PATIENCE_MS, () => {
      socket.destroy();
      reject(new Error(`No end of the answer: ${received.toString('latin1')}`));
    });
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      if (finals(read(received, { head, closed: false })) >= wanted) finish(false);
    });
    // A reset after the answer is an end like any other; `close` follows.
    socket.on('error', () => undefined);
    socket.once('end', () => finish(true));
    socket.once('close', () => finish(true));
  });
}

const finals = ({ statuses }: RawExchange): number =>
  statuses.filter((status) => status >= 200).length;

function read(bytes: Buffer, { head, closed }: { head: boolean; closed: boolean }): RawExchange {
  const answers: StrictMessage[] = [];
  let at = 0;
  try {
    for (;;) {
      const answer = at < bytes.length ? readAnswer(bytes, at, { head, closed }) : null;
      if (answer === null) break;
      answers.push(answer);
      at = answer.end;
    }
  } catch (error) {
    if (!(error instanceof NotHttp)) throw error;
  }
  const statuses = answers.map(({ start }) => Number(start[1]));
  return { answers, statuses, closed, rest: bytes.subarray(at).toString('latin1') };
}
