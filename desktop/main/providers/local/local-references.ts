import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { SECRETS_FOLDER } from '@omni/contracts/local-cloud.ts';
import type { Presence, RevisionReferences } from '../../ports/revision-references.ts';

const ARTIFACTS_FOLDER = 'artifacts';
const DIGEST = /@sha256:([0-9a-f]{64})$/;
/** A name that stays inside its folder. */
const SECRET_NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** Looks into the state folder of the local cloud: one folder per image, one file per secret. */
export class LocalReferences implements RevisionReferences {
  readonly #stateFolder: string;

  constructor(stateFolder: string) {
    this.#stateFolder = stateFolder;
  }

  async image(image: string): Promise<Presence> {
    const digest = DIGEST.exec(image)?.[1];
    if (digest === undefined) {
      return { state: 'unknown', detail: `${image} is not pinned by a digest` };
    }
    // The program itself: a folder alone may be what an interrupted clean-up left.
    const program = path.join(this.#stateFolder, ARTIFACTS_FOLDER, digest, 'server.mjs');
    return (await isReadable(program))
      ? { state: 'present' }
      : { state: 'missing', detail: `the artifact ${digest.slice(0, 12)} was removed` };
  }

  async secret(secret: string): Promise<Presence> {
    if (!SECRET_NAME.test(secret)) return { state: 'missing', detail: 'its name is not valid' };
    const file = path.join(this.#stateFolder, SECRETS_FOLDER, secret);
    return (await isReadable(file))
      ? { state: 'present' }
      : { state: 'missing', detail: `there is no secret ${secret}` };
  }
}

async function isReadable(file: string): Promise<boolean> {
  try {
    await access(file, constants.R_OK);
    return true;
  } catch {
    // Missing or unreadable: the local cloud could not use it either.
    return false;
  }
}
