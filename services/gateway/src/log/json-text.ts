/**
 * A text as the inside of a JSON string, in ASCII. Nearly every text needs nothing: it is then
 * returned as it is.
 */
export function jsonText(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return escaped(text);
  }
  return text;
}

/** JSON.stringify knows the short escapes and lone surrogates; the rest becomes \u escapes. */
function escaped(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(
      /[^\x20-\x7e]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
