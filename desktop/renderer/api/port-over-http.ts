import { PORT_PATH } from '../../shared/contract/handshake.ts';

/**
 * A message port to the Node host over plain HTTP: one long answer brings main's messages, a line
 * each, and POSTs take ours. One connection carries every stream; a browser allows six to a host.
 * The port closes when the answer ends. Rejects when the host doesn't let us in or isn't there.
 */
export async function openPortOverHttp(origin: string): Promise<MessagePort> {
  const answer = await fetch(origin + PORT_PATH, { credentials: 'same-origin' });
  if (!answer.ok || answer.body === null) {
    throw new Error(`The console host answered ${String(answer.status)}`);
  }
  const lines = readLines(answer.body);
  const id = await lines.next();
  if (id.done === true) throw new Error('The console host said nothing');
  const { port1: page, port2: wire } = new MessageChannel();
  const close = (): void => {
    // Not every browser says so by itself when the other end of a channel closes.
    page.dispatchEvent(new Event('close'));
    wire.close();
  };
  const post = outbox(`${origin}${PORT_PATH}/${id.value}`, close);
  wire.onmessage = (event: MessageEvent<string>) => post(event.data);
  deliver(lines, wire).then(close, close);
  return page;
}

async function deliver(lines: AsyncIterable<string>, wire: MessagePort): Promise<void> {
  for await (const line of lines) wire.postMessage(line);
}

/** Sends messages in their order: what comes up while a POST is under way goes with the next one. */
function outbox(url: string, onFailure: () => void): (message: string) => void {
  let waiting: string[] = [];
  let sending = false;
  const send = async (): Promise<void> => {
    sending = true;
    while (waiting.length > 0) {
      const body = waiting.join('\n');
      waiting = [];
      const answer = await fetch(url, { method: 'POST', body, credentials: 'same-origin' });
      if (!answer.ok) throw new Error(`The console host answered ${String(answer.status)}`);
    }
    sending = false;
  };
  return (message) => {
    waiting.push(message);
    if (!sending) send().catch(onFailure);
  };
}

async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
