import { HttpError } from '../routes/http-error.ts';
import { embedding } from './embed-texts.ts';

/** Runs work on something kept in the database; a database that is away is a 503 that says so. */
export async function withDatabase<Kept, T>(
  { kept, title }: { readonly kept: Kept | null; readonly title: string },
  work: (kept: Kept) => Promise<T>,
): Promise<T> {
  if (kept === null) throw unavailable(title, 'DATABASE_URL is not set');
  return await embedding(async () => {
    try {
      return await work(kept);
    } catch (error) {
      if (isDatabaseFault(error)) throw unavailable(title, 'see the database in GET /api/health');
      throw error;
    }
  });
}

/** Connection faults carry a system or SQLSTATE code; the pool's own timeouts carry a known text. */
function isDatabaseFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  const isCode =
    typeof code === 'string' && /^(?:E[A-Z]+|08\w{3}|57P\d\d|53\d{3}|42P01)$/.test(code);
  return isCode || /timeout|Connection terminated/i.test(error.message);
}

function unavailable(title: string, detail: string): HttpError {
  return new HttpError(503, { code: 'database_unavailable', title, detail, retryAfterSeconds: 5 });
}
