import { z } from 'zod';
import { invalidArgument } from '../model/api-error.ts';

const text = z.string().default('');
const message = z.record(z.string(), z.unknown());

export const createServiceRequest = z.object({
  parent: text,
  serviceId: text,
  service: message.default({}),
  validateOnly: z.boolean().default(false),
});

export const updateServiceRequest = z.object({
  service: message.default({}),
  updateMask: z.object({ paths: z.array(z.string()).default([]) }).nullish(),
  validateOnly: z.boolean().default(false),
  allowMissing: z.boolean().default(false),
});

export const deleteRequest = z.object({
  name: text,
  etag: text,
  validateOnly: z.boolean().default(false),
});

export const namedRequest = z.object({ name: text });

export const listRequest = z.object({
  parent: text,
  pageSize: z.number().int().default(0),
  pageToken: text,
});

export const waitRequest = z.object({
  name: text,
  timeout: z.object({ seconds: z.coerce.number().default(0) }).nullish(),
});

export const iamRequest = z.object({
  resource: text,
  permissions: z.array(z.string()).default([]),
  policy: z
    .object({
      bindings: z.array(z.unknown()).default([]),
      etag: z.union([z.instanceof(Buffer), z.string()]).optional(),
    })
    .nullish(),
});

export const submitBuildRequest = z.object({
  parent: text,
  imageUri: text,
  storageSource: z.object({ bucket: text, object: text }).nullish(),
});

/** Parses a request; what doesn't fit is the caller's mistake. */
export function parseRequest<T extends z.ZodType>(schema: T, request: unknown): z.output<T> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidArgument(issue?.path.join('.') ?? 'request', issue?.message ?? 'is not valid.');
}
