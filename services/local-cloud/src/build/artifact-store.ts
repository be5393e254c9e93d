import fs from 'node:fs';
import path from 'node:path';

const KEPT_UNUSED = 5;
const DIGEST = /^[0-9a-f]{64}$/;

/** Content-addressed artifacts: `STATE/artifacts/DIGEST`, complete or not there at all. */
export class ArtifactStore {
  readonly #dir: string;

  constructor(stateDir: string) {
    this.#dir = path.join(stateDir, 'artifacts');
  }

  /** The folder of an artifact, or null when there is none. */
  folderOf(digest: string): string | null {
    if (!DIGEST.test(digest)) return null;
    const dir = path.join(this.#dir, digest);
    return fs.existsSync(path.join(dir, 'server.mjs')) ? dir : null;
  }

  /** An empty folder to build in, on the same file system as the artifacts. */
  newWorkFolder(id: string): string {
    const dir = path.join(this.#dir, `.building-${id}`);
    fs.rmSync(dir, { recursive: true, force: true });
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    return dir;
  }

  /** Takes a finished work folder in; the same content is kept once. */
  adopt(workDir: string, digest: string): void {
    if (this.folderOf(digest) === null) fs.renameSync(workDir, path.join(this.#dir, digest));
    else this.discard(workDir);
  }

  discard(workDir: string): void {
    fs.rmSync(workDir, { recursive: true, force: true });
  }

  #digests(): string[] {
    if (!fs.existsSync(this.#dir)) return [];
    return fs.readdirSync(this.#dir).filter((name) => DIGEST.test(name));
  }

  /** Removes artifacts that nothing refers to, except the newest: their deploy may still come. */
  prune(referenced: ReadonlySet<string>): void {
    const unused = this.#digests()
      .filter((digest) => !referenced.has(digest))
      .map((digest) => ({ digest, at: fs.statSync(path.join(this.#dir, digest)).mtimeMs }))
      .sort((a, b) => b.at - a.at);
    for (const { digest } of unused.slice(KEPT_UNUSED)) this.discard(path.join(this.#dir, digest));
  }

  /** What builds of a crashed run left. */
  discardUnfinished(): void {
    if (!fs.existsSync(this.#dir)) return;
    for (const name of fs.readdirSync(this.#dir))
      if (name.startsWith('.building-')) this.discard(path.join(this.#dir, name));
  }
}
