import { z } from 'zod';
import type { GoogleHttp } from '../cloud-run/google-http.ts';
import type { Poll } from '../cloud-run/poll-operation.ts';
import { pollUntilDone } from '../cloud-run/poll-operation.ts';

/** The repository that source deploys of Cloud Run use. */
const REPOSITORY = 'cloud-run-source-deploy';

const anything = z.unknown();
const operation = z.object({ name: z.string(), done: z.boolean().default(false) });

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
  if (found === null) {
    const created = await http.post(
      `${parent}?repositoryId=${REPOSITORY}`,
      { format: 'DOCKER', description: 'Images of Cloud Run source deploys' },
      operation,
    );
    await pollUntilDone<true>({
      ...waiting,
      subject: `The repository ${REPOSITORY}`,
      ask: async () => {
        const now = await http.get(`${artifactRegistry}/v1/${created.name}`, operation);
        return { outcome: now.done ? true : null, mark: '' };
      },
    });
  }
  return `${location}-docker.pkg.dev/${project}/${REPOSITORY}`;
}
