import { createServer } from 'node:http';
import { Duplex } from 'node:stream';

/** What node:http made of a request. */
export interface NodeReading {
  method: string;
  target: string;
  rawHeaders: string[];
  body: string;
  keepAlive: boolean;
}

/**
 * node:http's reading (llhttp) of bytes that come at once and end with the connection: every request
 * in them, or the error that it met. Parser limits are the data listener's.
 */
export function readByNode(bytes: Buffer): Promise<NodeReading[] | Error> {
  return new Promise((resolve) => {
    const readings: NodeReading[] = [];
    let pending = 0;
    let over = false;
    const server = createServer({ maxHeaderSize: 16 * 1024, requireHostHeader: false });
    const finish = (result: NodeReading[] | Error): void => {
      socket.destroy();
      resolve(result);
    };
    const socket = new Duplex({
      read: () => undefined,
      write: (_chunk, _encoding, done) => done(),
    });
    server.on('request', (request, response) => {
      pending += 1;
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
      request.once('end', () => {
        readings.push({
          ...{ method: request.method ?? '', target: request.url ?? '', body },
          rawHeaders: request.rawHeaders,
          keepAlive: response.shouldKeepAlive,
        });
        pending -= 1;
        response.end();
        if (over && pending === 0) finish(readings);
      });
    });
    server.on('clientError', (error) => finish(error));
    server.emit('connection', socket);
    socket.on('end', () => {
      over = true;
      if (pending === 0) setImmediate(() => finish(readings));
    });
    socket.push(bytes);
    socket.push(null);
  });
}
