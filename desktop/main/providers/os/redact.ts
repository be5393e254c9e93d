import { homedir } from 'node:os';
import { hideSecrets } from '../../../shared/domain/hide-secrets.ts';

/** A text without credentials and without the name of the home folder. */
export function redact(text: string): string {
  const home = homedir();
  const hidden = hideSecrets(text);
  return home.length > 1 ? hidden.replaceAll(home, '~') : hidden;
}
