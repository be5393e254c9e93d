/** Whether something that a revision refers to is still there. */
export type Presence =
  | { readonly state: 'present' }
  | { readonly state: 'missing'; readonly detail: string }
  /** This target can't tell; `detail` says why. */
  | { readonly state: 'unknown'; readonly detail: string };

/** Looks for what a revision needs besides itself, before traffic is given to it. Changes nothing. */
export interface RevisionReferences {
  /** The image by its digest. */
  image(image: string): Promise<Presence>;
  /** The secret in that version. Its value is never read into the answer. */
  secret(secret: string, version: string): Promise<Presence>;
}
