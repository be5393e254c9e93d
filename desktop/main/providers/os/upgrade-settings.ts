import { LOCAL_TARGET } from '../../../shared/domain/target.ts';

/** Fields that targets got after the first release, with what a target without them meant. */
const { project, region, credentials } = LOCAL_TARGET;
const ADDED = { project, region, credentials };

/** A settings file of an earlier release -> one of today. What isn't understood stays as it is. */
export function upgradeSettings(document: unknown): unknown {
  if (!isRecord(document) || !Array.isArray(document['targets'])) return document;
  const targets = document['targets'].map((target: unknown) =>
    isRecord(target) ? { ...ADDED, guarded: target['mode'] === 'protected', ...target } : target,
  );
  return { ...document, targets };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
