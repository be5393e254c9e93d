/** `omni_<env>_<id:12><secret:32><crc32:6>`, anywhere in a text. */
const apiKey = /(omni_[a-z]{2,8}_)([0-9A-Za-z]{12})[0-9A-Za-z]{34}([0-9A-Za-z]{4})/g;
/** `Authorization` values and their like, wherever they were pasted. */
const credential = /\b(Bearer|Basic)\s+[^\s"'\\,]+/gi;
/** `?api_key=...`, `"password":"..."` and the like. */
const namedSecret =
  /\b(x-api-key|api[-_]?key|authorization|password|passwd|secret|token|cookie)(\\?["']?\s*[=:]\s*\\?["']?)(?!Bearer|Basic)[^\s"'\\&,;]+/gi;
/** `postgres://user:password@host`. */
const urlPassword = /(:\/\/[^\s/:@"]+:)[^\s/@"]+@/g;
/** Stands in all that the patterns find: most texts are looked through once, not four times. */
const suspicion = /omni_|bearer|basic|key|authorization|passw|secret|token|cookie|:\/\//i;

/**
 * Removes credentials from a text that is about to leave the process. A key of our grammar keeps its
 * public id and its last four characters, so that a log line still says which key it was.
 */
export function redact(text: string): string {
  if (!suspicion.test(text)) return text;
  return text
    .replace(apiKey, '$1$2…$3')
    .replace(credential, '$1 [redacted]')
    .replace(namedSecret, '$1$2[redacted]')
    .replace(urlPassword, '$1[redacted]@');
}
