/** One word of a POSIX shell, quoted only where it has to be. */
export function shellQuoted(text: string): string {
  return /^[\w=:/.,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Characters that gcloud may be told to split a list at, instead of the comma. */
const DELIMITERS = ['@', '#', '|', ';', '~', '%', '##', '@@', '::'];

/**
 * A list as gcloud reads it, quoted for the shell: entries with a comma in them make it choose
 * another delimiter (`^@^A=1,2@B=3`, see `gcloud topic escaping`).
 */
export function gcloudList(entries: readonly string[]): string {
  if (!entries.some((entry) => entry.includes(','))) return shellQuoted(entries.join(','));
  const delimiter =
    DELIMITERS.find((candidate) => !entries.some((entry) => entry.includes(candidate))) ?? ':omni:';
  return shellQuoted(`^${delimiter}^${entries.join(delimiter)}`);
}

/** A command with one option per line, ready to be pasted. */
export function shellCommand(words: readonly string[]): string {
  return words.join(' \\\n  ');
}
