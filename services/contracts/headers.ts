/**
 * Response and request headers that the console, the gateway and the backend agree on.
 * HTTP header names are lower case, as Node hands them over.
 */

/** Revision that answered (`K_REVISION`). Every service sets its own on every response. */
export const REVISION_HEADER = 'x-omni-revision';

/** The upstream's own revision header, passed on by the gateway under this name. */
export const UPSTREAM_REVISION_HEADER = 'x-omni-upstream-revision';

/** Request id, accepted from the client when it matches `[A-Za-z0-9._-]{8,64}`, else minted. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** Signed identity of the caller that the gateway hands to the backend (house facts, GS6). */
export const PRINCIPAL_HEADER = 'x-omni-principal';
