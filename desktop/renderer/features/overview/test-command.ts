import type { TestAnswer } from '../../../shared/contract/stack.ts';

type Asked = Pick<TestAnswer, 'method' | 'url'>;

/** In single quotes for a POSIX shell. */
function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** The request for a shell. The key is a variable: its value never reaches the page. */
export function asCurl({ method, url }: Asked): string {
  const verb = method === 'GET' ? '' : ` -X ${method}`;
  return `curl -sS -i${verb} -H "x-api-key: $API_KEY" ${shellQuoted(url)}`;
}

/** The request for PowerShell, the key from the environment again. */
export function asPowerShell({ method, url }: Asked): string {
  const quoted = `'${url.replaceAll("'", "''")}'`;
  return `Invoke-WebRequest -Method ${method} -Uri ${quoted} -Headers @{ 'x-api-key' = $env:API_KEY }`;
}
