import { z } from 'zod';
import type { PlatformLogLine } from '../../ports/deployment-provider.ts';
import type { GoogleHttp } from './google-http.ts';

/** Reads log lines; Cloud Run's API has none of its own. */
export type LogReader = (
  service: string,
  revision: string,
  limit: number,
) => Promise<readonly PlatformLogLine[]>;

const entry = z.object({
  timestamp: z.string(),
  textPayload: z.string().optional(),
  jsonPayload: z.looseObject({ message: z.string().optional() }).optional(),
  httpRequest: z
    .looseObject({ requestMethod: z.string().optional(), requestUrl: z.string().optional() })
    .optional(),
});
const entries = z.object({ entries: z.array(entry).default([]) });

/** The newest lines of a revision, from Cloud Logging. */
export function cloudLogReader(http: GoogleHttp, project: string, region: string): LogReader {
  return async (service, revision, limit) => {
    const lines = await readEntries(http, project, {
      filter: [
        'resource.type="cloud_run_revision"',
        `resource.labels.service_name="${service}"`,
        `resource.labels.revision_name="${revision}"`,
        `resource.labels.location="${region}"`,
      ].join(' AND '),
      limit,
    });
    return lines.map(({ at, line }) => ({ at, revision, line }));
  };
}

/** The newest lines of a build, oldest first. */
export function readBuildLines(
  http: GoogleHttp,
  project: string,
  build: { readonly id: string; readonly limit: number },
): Promise<readonly Omit<PlatformLogLine, 'revision'>[]> {
  const filter = `resource.type="build" AND resource.labels.build_id="${build.id}"`;
  return readEntries(http, project, { filter, limit: build.limit });
}

async function readEntries(
  http: GoogleHttp,
  project: string,
  { filter, limit }: { readonly filter: string; readonly limit: number },
): Promise<readonly Omit<PlatformLogLine, 'revision'>[]> {
  const found = await http.post(
    `${http.apis.logging}/v2/entries:list`,
    {
      resourceNames: [`projects/${project}`],
      filter,
      orderBy: 'timestamp desc',
      pageSize: limit,
    },
    entries,
  );
  return found.entries
    .map((read) => ({ at: Date.parse(read.timestamp), line: lineOf(read) }))
    .reverse();
}

function lineOf({ textPayload, jsonPayload, httpRequest }: z.infer<typeof entry>): string {
  if (textPayload !== undefined) return textPayload;
  if (jsonPayload !== undefined) return jsonPayload.message ?? JSON.stringify(jsonPayload);
  return `${httpRequest?.requestMethod ?? ''} ${httpRequest?.requestUrl ?? ''}`.trim();
}
