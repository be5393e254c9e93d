/** How long a copied secret may stay in the clipboard. */
export const CLEAR_AFTER_MS = 60_000;

/** What is needed of the page's clipboard; reading may be refused or missing. */
export type SecretClipboard = Pick<Clipboard, 'writeText' | 'readText'>;

/** What is needed of the page's permissions. */
export type ReadPermission = Pick<Permissions, 'query'>;

/**
 * May the page read the clipboard without a question? The desktop window denies it, and a browser
 * that would have to ask a minute later, out of nowhere, counts as a no.
 */
async function mayRead(permissions: ReadPermission): Promise<boolean> {
  try {
    // The DOM's types don't list the names that only some browsers know.
    const name = 'clipboard-read' as PermissionName;
    return (await permissions.query({ name })).state === 'granted';
  } catch {
    // Not every browser knows this permission: reading is then not to be counted on.
    return false;
  }
}

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

/** What becomes of a copied secret. */
export interface SecretCopy {
  /** It is taken out of the clipboard after a minute; if not, the operator has to. */
  readonly isCleared: boolean;
}

/**
 * Copies a secret and, where the clipboard may be read, takes it out again after a minute if it is
 * still there. Only its digest is remembered for that. Rejects when the clipboard refuses the copy.
 */
export async function copySecret(
  clipboard: SecretClipboard,
  permissions: ReadPermission,
  secret: string,
): Promise<SecretCopy> {
  await clipboard.writeText(secret);
  if (!(await mayRead(permissions))) return { isCleared: false };
  const digest = await digestOf(secret);
  setTimeout(() => {
    clearIfItHolds(clipboard, digest).catch(reportError);
  }, CLEAR_AFTER_MS);
  return { isCleared: true };
}
