/** What a field of a message holds, as far as an update mask needs to know. */
export interface FieldShape {
  readonly kind: 'value' | 'list' | 'map' | 'message';
  /** The fields of a message; empty for every other kind. */
  readonly fields: () => MessageShape;
}

/** The fields of a message by their JSON name. */
export type MessageShape = ReadonlyMap<string, FieldShape>;

const NO_FIELDS: MessageShape = new Map();

/** A field without fields of its own. */
export function plainField(kind: Exclude<FieldShape['kind'], 'message'>): FieldShape {
  return { kind, fields: () => NO_FIELDS };
}
