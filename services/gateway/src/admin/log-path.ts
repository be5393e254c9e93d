/** Words of the admin API's paths. */
const WORDS: ReadonlySet<string> = new Set(
  `admin v1 keys rotate retire-old revoke disable enable restore usage bulk import scan explain scopes
   epoch stream limits config validate history rollback audit verify export openapi.json docs`.split(
    /\s+/,
  ),
);
const KEY_ID = /^(?:[0-9A-Za-z]{12}|env_\d{1,6})$/;

/**
 * A path of the admin API as logs may show it: its words and ids of keys. Somebody who pastes a
 * secret where an id belongs must not find it in the log; nothing tells such a secret from a text.
 */
export function adminLogPath(path: string): string {
  const segments = path.split('/').slice(0, 8);
  return segments
    .map((segment) =>
      segment === '' || WORDS.has(segment) || KEY_ID.test(segment) ? segment : '-',
    )
    .join('/');
}
