import { z } from 'zod';
import { isThereAlready } from '../cloud-run/google-error.ts';
import type { GoogleHttp } from '../cloud-run/google-http.ts';
import type { Poll } from '../cloud-run/poll-operation.ts';
import { pollUntilDone } from '../cloud-run/poll-operation.ts';
import { buildFailed } from './build-failures.ts';

/** The repository that source deploys of Cloud Run use. */
const REPOSITORY = 'cloud-run-source-deploy';

const anything = z.unknown();
const operation = z.object({
  name: z.string(),
  done: z.boolean().default(false),
  error: z.object({ message: z.string().default('') }).optional(),
});
type Operation = z.infer<typeof operation>;

export interface RepositoryPlace {
  readonly project: string;
  readonly location: string;
  readonly waiting: Pick<Poll<true>, 'polling' | 'clock' | 'signal'>;
}

/** Makes sure that there is a repository for images; gives `HOST/PROJECT/REPOSITORY`. */
export async function ensureRepository(http: GoogleHttp, place: RepositoryPlace): Promise<string> {
  const { project, location, waiting } = place;
  const { artifactRegistry } = http.apis;
  const parent = `${artifactRegistry}/v1/projects/${project}/locations/${location}/repositories`;
  const found = await http.find(`${parent}/${REPOSITORY}`, anything);
  if (found === null) await createRepository(http, parent, waiting);
  return `${location}-docker.pkg.dev/${project}/${REPOSITORY}`;
}

async function createRepository(
  http: GoogleHttp,
  parent: string,
  waiting: RepositoryPlace['waiting'],
): Promise<void> {
  const created = await http
    .post(
      `${parent}?repositoryId=${REPOSITORY}`,
      { format: 'DOCKER', description: 'Images of Cloud Run source deploys' },
      operation,
    )
    .catch((error: unknown) => {
      // Another deploy makes it at the same moment.
      if (isThereAlready(error)) return null;
      throw error;
    });
  if (created === null || isMade(created)) return;
  await pollUntilDone<true>({
    ...waiting,
    subject: `The repository ${REPOSITORY}`,
    ask: async () => {
      const url = `${http.apis.artifactRegistry}/v1/${created.name}`;
      return { outcome: isMade(await http.get(url, operation)) ? true : null, mark: '' };
    },
  });
}

/** Throws when it could not be made: a build without it would fail much later, and at its push. */
function isMade({ done, error }: Operation): boolean {
  if (error !== undefined) {
    throw buildFailed(`The repository ${REPOSITORY} can’t be made: ${error.message}`);
  }
  return done;
}
