/**
 * How page and main find each other. Plain strings: the preload bundles this file and nothing else.
 *
 * Electron: once the document's scripts have run, the preload posts `{ type: PORT_MESSAGE }` to its
 * own window with one MessagePort in `event.ports` and hands the other end to main. Browser: the
 * page calls `RPC_PATH` of the host that served it.
 */
export const PORT_MESSAGE = 'omni:port';

/** The one IPC channel; it carries nothing but the port. */
export const PORT_CHANNEL = 'omni:port';

/** Prefix of every procedure on the Node host. */
export const RPC_PATH = '/rpc';

/**
 * `performance.mark` that the page sets once the first real reading is on the screen. The start-up
 * bench and `--self-test` wait for it.
 */
export const USABLE_MARK = 'omni:usable';
