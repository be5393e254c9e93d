/** How long a copied secret may stay in the clipboard. */
export const CLEAR_AFTER_MS = 60_000;

/** What is needed of the page's clipboard; reading may be refused or missing. */
export type SecretClipboard = Pick<Clipboard, 'writeText' | 'readText'>;

/** SHA-256 of a text in hex. */
export async function digestOf(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Empties the clipboard if what it holds has this digest, and leaves anything else alone. */
export async function clearIfItHolds(clipboard: SecretClipboard, digest: string): Promise<void> {
  try {
    if ((await digestOf(await clipboard.readText())) === digest) await clipboard.writeText('');
  } catch {
    // Reading needs a permission and the focus. Clearing blindly could destroy what somebody copied
    // since, so without an answer the clipboard stays as it is.
  }
}

/**
 * Copies a secret and takes it out of the clipboard after a minute, if it is still there. Only its
 * digest is remembered for that. Rejects when the clipboard refuses the copy.
 */
export async function copySecret(clipboard: SecretClipboard, secret: string): Promise<void> {
  await clipboard.writeText(secret);
  const digest = await digestOf(secret);
  setTimeout(() => {
    clearIfItHolds(clipboard, digest).catch(reportError);
  }, CLEAR_AFTER_MS);
}
