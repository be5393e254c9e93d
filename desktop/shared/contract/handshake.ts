/**
 * How page and main find each other. Plain strings: the preload bundles this file and nothing else.
 *
 * Electron: the page posts `PORT_REQUEST` to its own window; the preload answers by posting
 * `PORT_ANSWER` to the same window with one MessagePort in `event.ports`, whose other end it has
 * handed to main. Browser: the page calls `RPC_PATH` of the host that served it.
 */
export const PORT_REQUEST = 'omni:port-request';
export const PORT_ANSWER = 'omni:port-answer';

/** The one IPC channel; it carries nothing but the port. */
export const PORT_CHANNEL = 'omni:port';

/** Prefix of every procedure on the Node host. */
export const RPC_PATH = '/rpc';

/**
 * `performance.mark` names that the page sets once each: React has mounted; the first real reading
 * is on the screen. The start-up bench and `--self-test` read them.
 */
export const PAGE_MARKS = { mounted: 'omni:mounted', usable: 'omni:usable' } as const;
