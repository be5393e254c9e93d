import type { TestAnswer } from '../../../shared/contract/stack.ts';

type Asked = Pick<TestAnswer, 'method' | 'url' | 'requestBody'>;

/** In single quotes for a POSIX shell. */
function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** In single quotes for PowerShell. */
function powerShellQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** The request for a shell. The key is a variable: its value never reaches the page. */
export function asCurl({ method, url, requestBody }: Asked): string {
  const verb = method === 'GET' ? '' : ` -X ${method}`;
  const body =
    requestBody === null
      ? ''
      : ` -H 'content-type: application/json' --data ${shellQuoted(requestBody)}`;
  return `curl -sS -i${verb} -H "x-api-key: $API_KEY"${body} ${shellQuoted(url)}`;
}

/** The request for PowerShell, the key from the environment again. */
export function asPowerShell({ method, url, requestBody }: Asked): string {
  const body =
    requestBody === null
      ? ''
      : ` -ContentType 'application/json' -Body ${powerShellQuoted(requestBody)}`;
  return `Invoke-WebRequest -Method ${method} -Uri ${powerShellQuoted(url)} -Headers @{ 'x-api-key' = $env:API_KEY }${body}`;
}
