import { homedir } from 'node:os';

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
  /((?:password|secret|token|pepper)s?["']?\s*[:=]\s*["']?)(?!\[hidden\])[^\s"',;}]{6,}/giu,
  /(\w+:\/\/[^\s:/@]+:)[^\s@]+(?=@)/gu,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gu,
];

/** A text without credentials and without the name of the home folder. */
export function redact(text: string): string {
  const home = homedir();
  const hidden = SECRETS.reduce((safe, secret) => safe.replace(secret, `$1${HIDDEN}`), text);
  return home.length > 1 ? hidden.replaceAll(home, '~') : hidden;
}
