import { once } from 'node:events';
import net from 'node:net';

/** The wanted port of this machine, or a free one when it is taken. */
export async function choosePort(wanted: number): Promise<number> {
  return (await portIfFree(wanted)) ?? (await portIfFree(0)) ?? wanted;
}

async function portIfFree(port: number): Promise<number | undefined> {
  const server = net.createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' ? address?.port : undefined;
  } catch {
    // Taken: the caller asks for any other one.
    return undefined;
  } finally {
    server.close();
  }
}
