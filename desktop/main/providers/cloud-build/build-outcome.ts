import { z } from 'zod';

/** What a build's operation says when it has succeeded. */
const outcome = z.object({
  /** Image with digest. */
  image: z.string().regex(/@sha256:[0-9a-f]{64}$/),
  /** The same content had been built before. */
  cached: z.boolean().default(false),
});
export type BuildOutcome = z.infer<typeof outcome>;

/** `google.protobuf.Any` as gax hands it over. */
const packed = z.object({
  type_url: z.string().endsWith('/google.protobuf.Struct'),
  value: z.instanceof(Uint8Array),
});

/** `google.protobuf.Value`, decoded: exactly one of these fields is set. */
const field = z.object({ stringValue: z.string().optional(), boolValue: z.boolean().optional() });
const struct = z.object({ fields: z.record(z.string(), field).default({}) });

/**
 * Reads the response of a build's operation; null when it isn't one that this client knows. The SDK
 * can't decode it, because a build's result belongs to Cloud Build's schema and not to Cloud Run's.
 */
export async function readBuildOutcome(response: unknown): Promise<BuildOutcome | null> {
  const any = packed.safeParse(response);
  if (!any.success) return null;
  const { protobuf } = await import('google-gax');
  const schema = protobuf.common.get('google/protobuf/struct.proto');
  const root = protobuf.Root.fromJSON(schema ?? {});
  const decoded = root.lookupType('google.protobuf.Struct').decode(any.data.value);
  const { fields } = struct.parse(decoded.toJSON());
  const plain = Object.entries(fields).map(([name, value]) => [
    name,
    value.stringValue ?? value.boolValue,
  ]);
  const read = outcome.safeParse(Object.fromEntries(plain));
  return read.success ? read.data : null;
}
