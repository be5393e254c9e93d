// Plain JavaScript: the peer must not pay for stripping types.
/** The usual peer: Fastify with @fastify/http-proxy and nothing else, its logger off. */
import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

const app = fastify({ logger: false });
await app.register(proxy, { upstream: process.env['UPSTREAM'] ?? '' });
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });

process.stdin.on('end', () => process.exit(0)).resume();
