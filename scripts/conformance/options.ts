import { parseArgs } from 'node:util';

export const HELP = `npm run conformance -- --local
npm run conformance -- --project P --region R [options]

Asks a platform for every promise that the console's deployments rest on: the same cases as the
tests, on the real client.

  --local                 a local cloud of its own, in a temporary folder
  --project P --region R  Cloud Run, with application default credentials
                          (gcloud auth application-default login)
  --impersonate ACCOUNT   as this service account
  --credentials FILE      another credentials file than gcloud's
  --image IMAGE           what is deployed; must listen on PORT and answer 200 on /
                          (default: Cloud Run's own "hello")
  --service-prefix TEXT   how the names of its services begin (default: omni-conf-)
  --parallel N            services that are deployed at the same time (default: 4)
  --only TEXT             only cases whose title has this text
  --clean                 no cases: delete what earlier, interrupted runs with this prefix left

On a project it makes about 40 small services, writes to nothing else and deletes them at the end;
that costs some minutes of Cloud Run. Before every write it looks that the service has this run's
prefix and label, and stops otherwise. Exit status: 0 all promises kept, 1 not, 2 wrong arguments.
`;

export interface ProjectOptions {
  readonly kind: 'project';
  readonly project: string;
  readonly region: string;
  readonly impersonate: string | null;
  readonly credentials: string | null;
  readonly image: string;
}

export interface Options {
  readonly platform: { readonly kind: 'local' } | ProjectOptions;
  readonly prefix: string;
  readonly parallel: number;
  readonly only: string;
  readonly clean: boolean;
}

/** What is wrong with the arguments, in a sentence. */
export class ArgumentsError extends Error {}

const HELLO = 'us-docker.pkg.dev/cloudrun/container/hello';
/** Long enough that nothing else is called so by chance, short enough for a name of 49. */
const PREFIX = /^[a-z][a-z0-9-]{3,24}-$/;

/** null: help was asked for. Throws ArgumentsError. */
export function readOptions(args: readonly string[]): Options | null {
  const values = parse(args);
  if (values.help === true) return null;
  const prefix = values['service-prefix'] ?? 'omni-conf-';
  if (!PREFIX.test(prefix)) {
    throw new ArgumentsError(
      `${prefix} can't be a prefix: 5 to 26 lower-case letters, digits and hyphens, a hyphen last.`,
    );
  }
  const parallel = Number(values.parallel ?? 4);
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > 16) {
    throw new ArgumentsError('--parallel is a whole number from 1 to 16.');
  }
  const clean = values.clean ?? false;
  return { platform: platformOf(values), prefix, parallel, only: values.only ?? '', clean };
}

type Values = ReturnType<typeof parse>;

function platformOf(values: Values): Options['platform'] {
  const { project, region, local = false } = values;
  if (local && project !== undefined) throw new ArgumentsError('Choose --local or --project.');
  if (local) return { kind: 'local' };
  if (project === undefined || region === undefined) {
    throw new ArgumentsError('Name --project and --region, or choose --local.');
  }
  return {
    kind: 'project',
    project,
    region,
    impersonate: values.impersonate ?? null,
    credentials: values.credentials ?? null,
    image: values.image ?? HELLO,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { ...flag, short: 'h' },
        local: flag,
        clean: flag,
        project: text,
        region: text,
        impersonate: text,
        credentials: text,
        image: text,
        'service-prefix': text,
        parallel: text,
        only: text,
      },
    }).values;
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}
