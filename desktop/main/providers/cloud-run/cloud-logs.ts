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
  /** The same for the same entry each time that it is read. */
  insertId: z.string().optional(),
  textPayload: z.string().optional(),
  jsonPayload: z.looseObject({ message: z.string().optional() }).optional(),
  httpRequest: z
    .looseObject({ requestMethod: z.string().optional(), requestUrl: z.string().optional() })
    .optional(),
});
export type LogEntry = z.infer<typeof entry>;
const entries = z.object({
  entries: z.array(entry).default([]),
  nextPageToken: z.string().default(''),
});

/** The newest lines of a revision, from Cloud Logging. */
export function cloudLogReader(http: GoogleHttp, project: string, region: string): LogReader {
  return async (service, revision, limit) => {
    const found = await listEntries(http, project, {
      filter: [
        'resource.type="cloud_run_revision"',
        `resource.labels.service_name="${service}"`,
        `resource.labels.revision_name="${revision}"`,
        `resource.labels.location="${region}"`,
      ].join(' AND '),
      orderBy: 'timestamp desc',
      pageSize: limit,
    });
    return found.entries
      .map((read) => ({ at: Date.parse(read.timestamp), revision, line: lineOf(read) }))
      .reverse();
  };
}

export interface LogQuery {
  readonly filter: string;
  readonly orderBy: string;
  readonly pageSize: number;
  /** Empty for the first page. */
  readonly pageToken?: string;
}

/** One page of a project's log entries, and the token of the next; empty when there is none. */
export function listEntries(
  http: GoogleHttp,
  project: string,
  { pageToken = '', ...query }: LogQuery,
): Promise<z.infer<typeof entries>> {
  const page = pageToken === '' ? {} : { pageToken };
  return http.post(
    `${http.apis.logging}/v2/entries:list`,
    { resourceNames: [`projects/${project}`], ...query, ...page },
    entries,
  );
}

/** An entry as one line. */
export function lineOf({ textPayload, jsonPayload, httpRequest }: LogEntry): string {
  if (textPayload !== undefined) return textPayload;
  if (jsonPayload !== undefined) return jsonPayload.message ?? JSON.stringify(jsonPayload);
  return `${httpRequest?.requestMethod ?? ''} ${httpRequest?.requestUrl ?? ''}`.trim();
}
