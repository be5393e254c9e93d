import fs from 'node:fs/promises';
import type { Socket } from 'node:net';

/** The two ends of a connection on 127.0.0.1, as ports. */
interface Ends {
  readonly from: number;
  readonly to: number;
}

interface Question {
  readonly ends: Ends;
  readonly answer: (inside: boolean) => void;
}

/**
 * Tells whether a caller is an instance of this local cloud, by what the kernel knows: which process
 * holds the other end of the connection. A header could be copied; this can't be claimed. Linux only.
 */
export class CallerIdentity {
  readonly #pids: () => readonly number[];
  /** Per connection: a client that keeps it open is looked up once. */
  readonly #known = new WeakMap<Socket, Promise<boolean>>();
  #waiting: Question[] = [];
  #looking = false;

  constructor(pids: () => readonly number[]) {
    this.#pids = pids;
  }

  isInstance(socket: Socket): Promise<boolean> {
    const known = this.#known.get(socket);
    if (known !== undefined) return known;
    const ends = { from: socket.remotePort ?? 0, to: socket.localPort ?? 0 };
    const found = new Promise<boolean>((answer) => {
      this.#waiting.push({ ends, answer });
    });
    this.#known.set(socket, found);
    if (!this.#looking) this.#lookAll().catch(() => undefined); // It answers "no" by itself.
    return found;
  }

  /** One look at the process table answers everybody who asked before it began. */
  async #lookAll(): Promise<void> {
    this.#looking = true;
    while (this.#waiting.length > 0) {
      const questions = this.#waiting;
      this.#waiting = [];
      const inside = await this.#socketsOfInstances().catch(() => NOBODY);
      for (const { ends, answer } of questions) answer(inside.has(keyOf(ends)));
    }
    this.#looking = false;
  }

  async #socketsOfInstances(): Promise<ReadonlySet<string>> {
    const pids = await withDescendants(this.#pids());
    const inodes = new Set((await Promise.all(pids.map(socketInodes))).flat());
    return connectionsOf(await fs.readFile('/proc/net/tcp', 'utf8'), inodes);
  }
}

const NOBODY: ReadonlySet<string> = new Set();

function keyOf({ from, to }: Ends): string {
  return `${from}>${to}`;
}

/** A process that has just ended has no files and no children: that is no failure here. */
async function orNothing<T>(read: Promise<T[]>): Promise<T[]> {
  return read.catch(() => []);
}

/** An instance may ask from a process that it started. */
async function withDescendants(pids: readonly number[]): Promise<number[]> {
  const children = await Promise.all(pids.map((pid) => orNothing(childrenOf(pid))));
  const below = children.flat();
  return below.length === 0 ? [...pids] : [...pids, ...(await withDescendants(below))];
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await fs.readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Inodes of the sockets that a process has open. */
async function socketInodes(pid: number): Promise<string[]> {
  const dir = `/proc/${pid}/fd`;
  const names = await orNothing(fs.readdir(dir));
  const links = await Promise.all(
    names.map((name) => fs.readlink(`${dir}/${name}`).catch(() => '')),
  );
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

const PROC_NET_TCP = { local: 1, remote: 2, inode: 9 } as const;

/** The connections of /proc/net/tcp that belong to one of the sockets. */
export function connectionsOf(table: string, inodes: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (!inodes.has(fields[PROC_NET_TCP.inode] ?? '')) continue;
    const from = portOf(fields[PROC_NET_TCP.local]);
    found.add(keyOf({ from, to: portOf(fields[PROC_NET_TCP.remote]) }));
  }
  return found;
}

/** `0100007F:1F90` -> 8080 */
function portOf(address = ''): number {
  return Number.parseInt(address.slice(address.indexOf(':') + 1), 16);
}
