import { z } from 'zod';
import { plainText } from './plain-text.ts';

/**
 * The routing document is described by the gateway (services/gateway, src/routing); here it is any
 * object, so that an older console can show and keep what a newer gateway knows.
 */
const document = z.record(z.string(), z.unknown());
const version = z.number().int().nonnegative();
const comment = plainText(200).default('');

/** Version 0: made from the environment, not stored. */
export const configState = z.object({ version, document });

/** Which field is wrong, and why. */
export const configProblem = z.object({ field: z.string(), reason: z.string() });

export const validateConfigRequest = z.object({ document });
export const configVerdict = z.object({ ok: z.boolean(), problems: z.array(configProblem) });

export const putConfigRequest = z.object({ document, comment });
export const rollbackConfigRequest = z.object({ version: z.number().int().positive(), comment });

export const appliedConfig = z.object({
  version,
  document,
  actor: z.string(),
  comment: z.string(),
  at: z.iso.datetime(),
});

export const configHistoryQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Versions to show'),
});
export const configHistory = z.object({ versions: z.array(appliedConfig) });
