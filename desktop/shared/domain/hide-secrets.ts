const HIDDEN = '[hidden]';

/** What looks like a credential, whatever field or sentence it stands in. */
const SECRETS: readonly RegExp[] = [
  // API keys of our gateway: the prefix stays, so that a log still says which kind it was.
  /\b(om(?:k|ni)_(?:[a-z]{2,8}_)?)[\w-]{12,}/gu,
  /\b(bearer\s+|basic\s+)[\w.~+/=-]{8,}/giu,
  /\b(ya29\.)[\w-]+/gu,
  /(x-api-key["']?\s*[:=]\s*["']?)[^\s"',;}]+/giu,
  /((?:set-)?cookie["']?\s*[:=]\s*["']?)[^"'\n}]+/giu,
  /([?&](?:token|key|api_key|access_token)=)[^&\s"']+/giu,
  /((?:password|passwd|passphrase|secret|token|pepper|credential|(?:api|access|private)_key)s?["']?\s*[:=]\s*["']?)(?!\[hidden\])[^\s"',;}]{6,}/giu,
  /** Keys of well-known issuers, by their prefix. */
  /\b((?:gh[opsur]_|github_pat_|glpat-|xox[abprs]-|sk[-_](?:live|test|proj|ant)[-_]|AKIA|AIza))[\w-]{8,}/gu,
  /(\w+:\/\/[^\s:/@]+:)[^\s@]+(?=@)/gu,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gu,
];

/**
 * A text without what looks like a credential, for whatever leaves this process in a file or to the
 * page. `known` values are hidden wherever they stand.
 */
export function hideSecrets(text: string, known: readonly string[] = []): string {
  const plain = known.reduce(
    (safe, value) => (value === '' ? safe : safe.replaceAll(value, HIDDEN)),
    text,
  );
  return SECRETS.reduce((safe, secret) => safe.replace(secret, `$1${HIDDEN}`), plain);
}
