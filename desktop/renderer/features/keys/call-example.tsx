import type { ReactElement } from 'react';
import { CopyButton } from '../../ui/copy-button.tsx';
import { curlExample } from './curl-example.ts';

/** The command that calls the gateway, with the key as a variable. */
export function CallExample({ gatewayUrl }: { readonly gatewayUrl: string | null }): ReactElement {
  const command = curlExample(gatewayUrl);
  return (
    <div className="key-call">
      <code className="mono">{command}</code>
      <CopyButton text={command} label="Copy command" iconOnly />
    </div>
  );
}
