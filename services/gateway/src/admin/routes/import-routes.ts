import { importAnswer, importRequest } from '@omni/contracts/gateway-admin/import.ts';
import type { AdminParts } from '../admin-parts.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';
import { importKeys } from '../imports/import-keys.ts';
import { newHeaders, refusal } from './key-answers.ts';

/** A text of one million characters, as JSON. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** Keys of other gateways. */
export function importRoutes(parts: AdminParts): readonly AdminRoute[] {
  return [
    adminRoute({
      ...{ method: 'POST', path: '/keys/import', role: 'admin', effect: 'new' },
      bodyLimitBytes: BODY_LIMIT_BYTES,
      body: importRequest,
      doc: {
        tag: 'Import',
        summary: 'Take over keys, plain or hashed with SHA-256',
        description:
          'A dry run (the default) shows what would happen to each. CSV columns: `key` or `sha256`, `name`, `expires_at`, `rate_limit_per_minute`, `identity`, `tags` (separated by `;`). Hashed keys work at once and are hashed anew, with the pepper, on their first use. Keys of API_KEYS that are imported can be revoked from then on.',
        headers: newHeaders,
        responses: {
          200: { description: 'What became of each key, without secrets', schema: importAnswer },
          400: refusal('Not of this format (`invalid_request`)'),
          503: refusal('The key store is not available (`keystore_unavailable`)'),
        },
        examples: [
          {
            name: 'Two pasted keys',
            body: { format: 'env', text: 'first-key,second-key' },
            status: 200,
          },
          {
            name: 'A hash of LiteLLM',
            body: {
              format: 'litellm',
              text: JSON.stringify([{ token: 'ab'.repeat(32), key_alias: 'app', rpm_limit: 60 }]),
            },
            status: 200,
          },
          { name: 'Not JSON', body: { format: 'unkey', text: 'keys' }, status: 400 },
        ],
      },
      handle: (call) => importKeys(parts, call),
    }),
  ];
}
