import type { ImportItem } from './imported-key.ts';
import { toImportItem } from './imported-key.ts';

/**
 * The text of API_KEYS, with or without `API_KEYS=` (as in an .env file) and quotes, or any paste of
 * keys: commas, spaces and newlines separate.
 */
export function readEnvKeys(text: string): ImportItem[] {
  return text
    .replace(/^(?:\s*export\s+)?\s*API_KEYS\s*=\s*/, '')
    .split(/[\s,]+/)
    .map((item) => item.replace(/^["']|["']$/g, ''))
    .filter((item) => item !== '')
    .map((plain, index) =>
      toImportItem(index + 1, { plain, name: `API_KEYS, entry ${index + 1}` }),
    );
}
