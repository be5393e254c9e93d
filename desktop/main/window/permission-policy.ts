import type { Session } from 'electron';

/** What the page may use of the machine, with the reason; everything that isn't listed is denied. */
const ALLOWED: Readonly<Record<string, string>> = {
  'clipboard-sanitized-write': 'A new key is copied by the operator’s click.',
};

/** May the page have this permission? */
export function mayUse(permission: string): boolean {
  return Object.hasOwn(ALLOWED, permission);
}

/** Applies the table to every kind of request that Chromium knows. */
export function restrictPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, done) => done(mayUse(permission)));
  session.setPermissionCheckHandler((_contents, permission) => mayUse(permission));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, done) => done({}));
}
