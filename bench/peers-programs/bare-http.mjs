// Plain JavaScript: the peer must not pay for stripping types.
/** The bare peer: a node:http server that answers a small JSON body and does nothing else. */
import { createServer } from 'node:http';

const body = JSON.stringify({
  status: 'ok',
  message: 'a small answer of about one hundred bytes',
  n: 1,
});
const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };

createServer((_request, response) => {
  response.writeHead(200, headers);
  response.end(body);
}).listen(Number(process.env['PORT']), '127.0.0.1');

process.stdin.on('end', () => process.exit(0)).resume();
