import type { AuditClient } from '../../audit/append-audit.ts';
import { canonicalJson } from '../../audit/canonical-json.ts';
import type { KeyHasher } from '../../keys/hash-key.ts';
import type { AdminAnswer } from '../http/admin-route.ts';
import { DuplicateAnswer } from './admin-database.ts';
import type { AdminDatabase } from './admin-database.ts';

const KEPT = "interval '24 hours'";

/** A request that may come twice. */
export interface RepeatableRequest {
  actor: string;
  /** The Idempotency-Key header. */
  key: string;
  /** Everything that makes it this request. */
  content: { method: string; path: string; ifMatch: string | undefined; body: unknown };
}

export interface RememberedAnswer extends AdminAnswer {
  /** Whether the earlier request was this one, and not another with the same key. */
  sameRequest: boolean;
}

/** Answers that were given to changes, for 24 hours, shared by all instances. */
export interface RememberedAnswers {
  find: (request: RepeatableRequest) => Promise<RememberedAnswer | null>;
  /**
   * Inside the change's transaction; the secret of the answer is left out. Throws `DuplicateAnswer`
   * when an equal request was faster.
   */
  write: (client: AuditClient, request: RepeatableRequest, answer: AdminAnswer) => Promise<void>;
}

interface Row {
  fingerprint: Buffer;
  status: number;
  body: Record<string, unknown>;
  etag: string | null;
  secret_shown: boolean;
}

/**
 * Requests are recognised by a keyed hash: an import carries secrets, and a plain hash of a weak one
 * could be guessed from a copy of the database.
 */
export function createRememberedAnswers(
  database: AdminDatabase,
  hasher: KeyHasher,
): RememberedAnswers {
  return {
    async find(request) {
      const [row] = await database.query<Row>(
        `SELECT fingerprint, status, body, etag, secret_shown FROM idempotency
         WHERE actor = $1 AND key = $2 AND at > clock_timestamp() - ${KEPT}`,
        [request.actor, request.key],
      );
      if (row === undefined) return null;
      const digests = hasher(canonicalJson(request.content));
      const { status, body, etag, secret_shown: secretShown } = row;
      const sameRequest = digests.some(({ digest }) => digest.equals(row.fingerprint));
      return { status, body, secretShown, sameRequest, ...(etag === null ? {} : { etag }) };
    },
    async write(client, request, { status, body, etag, secretShown = false }) {
      const [{ digest }] = hasher(canonicalJson(request.content));
      const { secret: _secret, ...kept } = body as Record<string, unknown>;
      await client.query(`DELETE FROM idempotency WHERE at <= clock_timestamp() - ${KEPT}`);
      const { rows } = await client.query(
        `INSERT INTO idempotency (actor, key, fingerprint, status, body, etag, secret_shown)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING key`,
        [request.actor, request.key, digest, status, kept, etag ?? null, secretShown],
      );
      if (rows.length === 0) throw new DuplicateAnswer();
    },
  };
}
