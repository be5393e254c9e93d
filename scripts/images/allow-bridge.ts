import { findInPath } from '../bootstrap/places.mjs';
import { call, systemPath } from './docker.ts';
import type { Docker } from './docker.ts';

/**
 * Lets the containers of one Docker network speak to each other although the machine's firewall
 * forwards nothing, as another Docker's does. A Docker of our own touches no firewall, so this one rule
 * is ours to add; the returned function takes it away again.
 */
export async function allowBridge(docker: Docker, network: string): Promise<() => Promise<void>> {
  if (!docker.own || findInPath('iptables', systemPath) === undefined)
    return () => Promise.resolve();
  const id = await docker.run(['network', 'inspect', '--format', '{{.Id}}', network]);
  const bridge = `br-${id.slice(0, 12)}`;
  const rule = ['FORWARD', '--in-interface', bridge, '--out-interface', bridge, '--jump', 'ACCEPT'];
  await call(['iptables', '--wait', '--insert', ...rule]);
  return async () => {
    await call(['iptables', '--wait', '--delete', ...rule]);
  };
}
