import fs from 'node:fs';
import path from 'node:path';
import { StartFailure } from '../bootstrap/failure.mjs';
import { projectRoot } from '../bootstrap/places.mjs';

const FIRST_STAGE = /^#### stage bundle\n[\s\S]*^#### end of stage bundle\n/mu;
const READY_BUNDLE = `# The folder is the bundle already.
FROM node:24-slim AS bundle
COPY . /bundle/
RUN chmod -R a+rX /bundle
`;

/**
 * The Dockerfile for a folder that holds the bundle: the service's own, whose first stage only takes
 * what is there.
 */
export function dockerfileOfBundle(dockerfile: string): string {
  if (!FIRST_STAGE.test(dockerfile)) throw new Error('The Dockerfile has no stage "bundle".');
  return dockerfile.replace(FIRST_STAGE, READY_BUNDLE);
}

/** An empty folder for a bundle; what an earlier build left there is removed, anything else is not. */
export function emptyBundleFolder(out: string): void {
  const foreign = fs.existsSync(out) && fs.readdirSync(out).length > 0 && !holdsBundle(out);
  if (foreign) {
    throw new StartFailure(
      'OUTPUT_NOT_EMPTY',
      `${out} holds something else than a bundle.`,
      'name a new or an empty folder.',
    );
  }
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
}

function holdsBundle(folder: string): boolean {
  return fs.existsSync(path.join(folder, 'server.mjs'));
}

/** Puts beside the bundle what makes it a build context: `docker build OUT`, `gcloud ... --source=OUT`. */
export function addBuildContext(serviceFolder: string, out: string): void {
  const dockerfile = path.join(serviceFolder, 'Dockerfile');
  if (!fs.existsSync(dockerfile)) return;
  const text = fs.readFileSync(dockerfile, 'utf8');
  fs.writeFileSync(path.join(out, 'Dockerfile'), dockerfileOfBundle(text));
  fs.writeFileSync(path.join(out, '.dockerignore'), 'Dockerfile\n.dockerignore\n.gcloudignore\n');
  // Without this file gcloud would leave node_modules out, as it does where .gitignore is near.
  fs.writeFileSync(path.join(out, '.gcloudignore'), '# Everything here belongs to the image.\n');
  const warmUp = path.join(projectRoot, 'scripts/images/warm-up.mjs');
  fs.copyFileSync(warmUp, path.join(out, 'warm-up.mjs'));
}
