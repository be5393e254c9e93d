/** Label by which a retry finds the revision that its first try made (R9). */
export const DEPLOY_LABEL = 'omni-deploy-id';

/** An id as a label value may be written: lower case, at most 63 characters. */
export function deployLabel(deployId: string): string {
  return deployId
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .slice(0, 63);
}
