import type { IncomingHttpHeaders } from 'node:http';
import type { AuditClient } from '../../audit/append-audit.ts';
import type { Caller } from '../credentials/caller.ts';
import { DuplicateAnswer } from '../store/admin-database.ts';
import type { RememberedAnswers, RepeatableRequest } from '../store/remembered-answers.ts';
import { AdminError } from './admin-error.ts';
import type { AdminAnswer, AdminCall, AdminRoute } from './admin-route.ts';

/** A request as the HTTP side hands it over, after authentication. */
export interface RawCall {
  caller: Caller;
  method: string;
  /** With the parameters filled in, without the query. */
  path: string;
  headers: IncomingHttpHeaders;
  params: unknown;
  query: unknown;
  body: unknown;
  requestId: string;
}

export interface HandledAnswer extends AdminAnswer {
  /** It is the answer of an earlier, equal request. */
  replayed?: boolean;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{16,128}$/;
const ETAG = /^(?:\*|"v(\d{1,15})")$/;

/** Parses, checks preconditions, answers repeated changes from memory and runs the route. */
export async function handleCall(
  route: AdminRoute,
  raw: RawCall,
  answers: (() => Promise<RememberedAnswers>) | null,
): Promise<HandledAnswer> {
  const { caller } = raw;
  const parsed = {
    params: (route.params?.parse(raw.params) ?? {}) as Readonly<Record<string, string>>,
    query: route.doc.query?.parse(raw.query) ?? {},
    // A POST without a body means "all defaults".
    body: route.doc.body?.parse(raw.body ?? {}) ?? {},
  };
  const ifVersion = route.effect === 'existing' ? readIfMatch(raw.headers['if-match']) : undefined;
  const request = route.effect === 'read' ? undefined : repeatable(raw, parsed.body);
  const kept = request === undefined || answers === null ? undefined : await answers();
  const call = toCall({ raw, ifVersion, ...parsed }, request, kept);
  const earlier = request === undefined ? null : await kept?.find(request);
  if (earlier != null) return replay(earlier);
  try {
    return await route.handle({ ...call, caller });
  } catch (error) {
    if (!isDuplicate(error) || request === undefined) throw error;
    const first = await kept?.find(request);
    if (first == null) throw error;
    return replay(first);
  }
}

type Parsed = Pick<AdminCall, 'params' | 'query' | 'body' | 'ifVersion'> & { raw: RawCall };

function toCall(
  { raw, params, query, body, ifVersion }: Parsed,
  request: RepeatableRequest | undefined,
  kept: RememberedAnswers | undefined,
): AdminCall {
  const { caller, requestId } = raw;
  const origin: AdminCall['origin'] = (reason) => ({ ...caller, reason, requestId });
  const remember = async (client: AuditClient, answer: AdminAnswer): Promise<void> => {
    if (request !== undefined) await kept?.write(client, request, answer);
  };
  return {
    ...{ caller, params, query, body, ifVersion, origin, remember },
    change: (reason, answer) => ({
      origin: origin(reason),
      ifVersion,
      alongside: (client, changed) => remember(client, answer(changed)),
    }),
  };
}

function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined) throw new AdminError('precondition_required');
  const match = ETAG.exec(header.trim());
  if (match === null) throw new AdminError('version_mismatch', 'If-Match is not an ETag of ours');
  return match[1] === undefined ? undefined : Number(match[1]);
}

function repeatable(raw: RawCall, body: unknown): RepeatableRequest {
  const key = raw.headers['idempotency-key'];
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw new AdminError('idempotency_key_required');
  }
  const { method, path } = raw;
  const content = { method, path, ifMatch: raw.headers['if-match'], body };
  return { actor: raw.caller.actor, key, content };
}

/** The repository wraps what a transaction's last step throws. */
function isDuplicate(error: unknown): boolean {
  if (error instanceof DuplicateAnswer) return true;
  return error instanceof Error && error.cause instanceof DuplicateAnswer;
}

/** A secret can't be shown again: the caller learns which key it was. */
function replay({ sameRequest, ...answer }: AdminAnswer & { sameRequest: boolean }): HandledAnswer {
  if (!sameRequest) throw new AdminError('idempotency_key_reused');
  if (answer.secretShown === true) {
    const { key } = answer.body as { key: { id: string } };
    throw new AdminError('secret_already_shown', `Key ${key.id}`, { id: key.id });
  }
  return { ...answer, replayed: true };
}
