import type { PreflightCheck } from '../../../shared/domain/plan.ts';
import type { Revision, RevisionTemplate } from '../../../shared/domain/revision.ts';
import { digestOf } from '../../../shared/domain/revision.ts';
import type { Presence, RevisionReferences } from '../../ports/revision-references.ts';

/**
 * What a revision needs besides itself, looked up before traffic is given to it: its image and
 * every secret. A thing that this target can't look up is said, and doesn't stand in the way.
 */
export async function referenceChecks(
  references: RevisionReferences,
  { template }: Revision,
): Promise<readonly PreflightCheck[]> {
  const [image, secrets] = await Promise.all([
    references.image(template.image),
    secretsCheck(references, template),
  ]);
  return [imageCheck(template.image, image), secrets];
}

function imageCheck(image: string, presence: Presence): PreflightCheck {
  const digest = digestOf(image);
  const title = 'Its image is still there';
  if (!digest.startsWith('sha256:')) {
    return { title, ok: false, detail: `${image} is not pinned by a digest` };
  }
  if (presence.state === 'present') return { title, ok: true, detail: digest.slice(0, 19) };
  return checkOf(title, presence);
}

/** Is every secret there that a template refers to? Their values are not read. */
export async function secretsCheck(
  references: RevisionReferences,
  { env }: Pick<RevisionTemplate, 'env'>,
): Promise<PreflightCheck> {
  const title = 'Its secrets resolve';
  const secrets = env.filter((entry) => 'secret' in entry);
  if (secrets.length === 0) return { title, ok: true, detail: 'it refers to none' };
  const found = await Promise.all(
    secrets.map((entry) => references.secret(entry.secret, entry.version)),
  );
  const missing = secrets.filter((_, index) => found[index]?.state === 'missing');
  if (missing.length > 0) {
    const names = missing.map((entry) => `${entry.name} → ${entry.secret}:${entry.version}`);
    return { title, ok: false, detail: `missing: ${names.join(', ')}` };
  }
  const unknown = found.find((presence) => presence.state === 'unknown');
  if (unknown !== undefined) return checkOf(title, unknown);
  return { title, ok: true, detail: `${String(secrets.length)} of ${String(secrets.length)}` };
}

function checkOf(title: string, presence: Presence): PreflightCheck {
  if (presence.state === 'present') return { title, ok: true, detail: null };
  const ok = presence.state === 'unknown';
  return { title, ok, detail: presence.detail, unknown: ok };
}
