import { jsonText } from './json-text.ts';
import { redact } from '@omni/kit/redact.ts';

/** A text that a client wrote, made fit for a log line: without secrets, escaped, bounded. */
export type ClientText = (text: string, maxChars: number) => string;

const CUT = '...';
const REDACTED = '[redacted]';
/** Shorter secrets would be found inside ordinary words. */
const MIN_SECRET_CHARS = 8;
const [PERCENT, COLON, EQUALS] = [0x25, 0x3a, 0x3d];

/**
 * Makes the function. `secrets` are this process' own (static keys, tokens), which have no grammar
 * to be known by; a text is searched for them and for keys of our grammar. The patterns for pasted
 * credentials run only over texts with a character that such a credential needs.
 */
export function createClientText(secrets: readonly string[]): ClientText {
  const needles = findable(secrets);
  const hasNeedle = (text: string): boolean => {
    for (const needle of needles) if (text.includes(needle)) return true;
    return false;
  };
  const clean = createCleaner(secrets);
  return (text, maxChars) => {
    if (!isSuspicious(text) && text.length <= maxChars && !hasNeedle(text)) return jsonText(text);
    // Cleaned before it is cut: half a key would not be known as one.
    const plain = clean(text);
    const decoded = decode(plain);
    // Only when the encoding hid something is the decoded text the safer one.
    const safe = decoded === plain ? plain : (hiddenIn(decoded, clean) ?? plain);
    return jsonText(safe.length > maxChars ? safe.slice(0, maxChars) + CUT : safe);
  };
}

/** Removes the secrets themselves, and what looks like one, from a text. */
export function createCleaner(secrets: readonly string[]): (text: string) => string {
  const needles = findable(secrets);
  return (text) => {
    let plain = redact(text);
    for (const needle of needles) plain = plain.replaceAll(needle, REDACTED);
    return plain;
  };
}

function findable(secrets: readonly string[]): string[] {
  return secrets.filter((secret) => secret.length >= MIN_SECRET_CHARS);
}

function hiddenIn(decoded: string, clean: (text: string) => string): string | undefined {
  const cleaned = clean(decoded);
  return cleaned === decoded ? undefined : cleaned;
}

/** `omni_`, or one of the characters without which no other pattern matches. */
function isSuspicious(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === PERCENT || code === COLON || code === EQUALS) return true;
  }
  return text.includes('omni_') || text.includes('earer ') || text.includes('asic ');
}

/** Undoes percent-encoding, also a repeated one. */
function decode(text: string): string {
  let decoded = text;
  for (let round = 0; round < 3 && decoded.includes('%'); round += 1) {
    decoded = decoded.replaceAll(/%([0-9a-f]{2})/gi, (_match, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
  }
  return decoded;
}
