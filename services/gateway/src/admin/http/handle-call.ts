import { redact } from '@omni/kit/redact.ts';
import type { IncomingHttpHeaders } from 'node:http';
import type { AuditClient } from '../../audit/append-audit.ts';
import type { Caller } from '../credentials/caller.ts';
import { DuplicateAnswer } from '../store/admin-database.ts';
import type {
  RememberedAnswer,
  RememberedAnswers,
  RepeatableRequest,
} from '../store/remembered-answers.ts';
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
  const parsed = parse(route, raw);
  const ifVersion = route.effect === 'existing' ? readIfMatch(raw.headers['if-match']) : undefined;
  const memory = route.effect === 'read' ? null : await openMemory(raw, parsed.body, answers);
  const call = toCall(raw, { ...parsed, ifVersion }, memory);
  return memory === null ? route.handle(call) : runOnce(memory, () => route.handle(call));
}

type Parsed = Pick<AdminCall, 'params' | 'query' | 'body'>;

/** A POST without a body means "all defaults". */
function parse({ params, doc }: AdminRoute, raw: RawCall): Parsed {
  return {
    // The schemas of path parameters hold nothing but texts.
    params: params === undefined ? {} : (params.parse(raw.params) as Parsed['params']),
    query: doc.query === undefined ? {} : doc.query.parse(raw.query),
    body: doc.body === undefined ? {} : doc.body.parse(raw.body ?? {}),
  };
}

/** What is known of earlier requests with the same key. */
interface Memory {
  find: () => Promise<RememberedAnswer | null>;
  write: (client: AuditClient, answer: AdminAnswer) => Promise<void>;
}

/** The key is asked for also where no store could keep an answer: callers should not have to know. */
async function openMemory(
  raw: RawCall,
  body: unknown,
  answers: (() => Promise<RememberedAnswers>) | null,
): Promise<Memory | null> {
  const request = repeatable(raw, body);
  if (answers === null) return null;
  const kept = await answers();
  return {
    find: () => kept.find(request),
    write: (client, answer) => kept.write(client, request, answer),
  };
}

/** The answer of an earlier, equal request, also of one that was faster by a moment. */
async function runOnce({ find }: Memory, run: () => Promise<AdminAnswer>): Promise<HandledAnswer> {
  const earlier = await find();
  if (earlier !== null) return replay(earlier);
  try {
    return await run();
  } catch (error) {
    const first = isDuplicate(error) ? await find() : null;
    if (first === null) throw error;
    return replay(first);
  }
}

function toCall(
  { caller, requestId }: RawCall,
  parsed: Parsed & Pick<AdminCall, 'ifVersion'>,
  memory: Memory | null,
): AdminCall {
  // Reasons are kept for good, and who revokes a leaked key likes to paste it.
  const origin: AdminCall['origin'] = (reason) => ({
    ...{ ...caller, requestId },
    reason: redact(reason),
  });
  const remember: AdminCall['remember'] = (client, answer) =>
    memory === null ? Promise.resolve() : memory.write(client, answer);
  return {
    ...{ ...parsed, caller, origin, remember },
    change: (reason, answer) => ({
      origin: origin(reason),
      ifVersion: parsed.ifVersion,
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
function replay({ sameRequest, ...answer }: RememberedAnswer): HandledAnswer {
  if (!sameRequest) throw new AdminError('idempotency_key_reused');
  if (answer.secretShown === true) {
    const { key } = answer.body as { key: { id: string } };
    throw new AdminError('secret_already_shown', `Key ${key.id}`, { id: key.id });
  }
  return { ...answer, replayed: true };
}
