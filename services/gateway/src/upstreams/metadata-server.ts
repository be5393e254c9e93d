const TIMEOUT_MS = 2_000;
const MAX_BYTES = 16 * 1024;
const PATH = '/computeMetadata/v1/instance/service-accounts/default/identity';

/**
 * Asks Google's metadata server for an ID token of the service account we run as. `host` comes from
 * GCE_METADATA_HOST, as in Google's own libraries. Rejects on any answer that is not its own.
 */
export function fetchIdToken(host: string, audience: string): Promise<string> {
  const { request } = process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => {
    const asked = request(
      `http://${host}${PATH}?audience=${encodeURIComponent(audience)}&format=full`,
      { headers: { 'metadata-flavor': 'Google' }, timeout: TIMEOUT_MS, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('latin1');
        answer.on('data', (piece: string) => {
          text += piece;
          if (text.length > MAX_BYTES) asked.destroy(new Error('The answer is too long'));
        });
        answer.once('error', reject);
        answer.once('end', () => {
          const genuine = answer.headers['metadata-flavor'] === 'Google';
          if (answer.statusCode === 200 && genuine) resolve(text.trim());
          else reject(new Error(`The metadata server answered ${answer.statusCode ?? 0}`));
        });
      },
    );
    asked.once('timeout', () => asked.destroy(new Error('The metadata server is silent')));
    asked.once('error', reject);
    asked.end();
  });
}
