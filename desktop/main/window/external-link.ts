/** Where a link may lead outside the console: documentation and consoles of what it operates. */
const ALLOWED_HOSTS: ReadonlySet<string> = new Set([
  'cloud.google.com',
  'console.cloud.google.com',
  'docs.cloud.google.com',
  'github.com',
]);

/** The address to open in the system's browser, or null for one that is not opened at all. */
export function externalAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const plain = url.protocol === 'https:' && url.username === '' && url.password === '';
  return plain && url.port === '' && ALLOWED_HOSTS.has(url.hostname) ? url.href : null;
}
