/**
 * How page and main find each other. Plain strings: the preload bundles this file and nothing else.
 *
 * Electron: once the document's scripts have run, the preload posts `{ type: PORT_MESSAGE }` to its
 * own window with one MessagePort in `event.ports` and hands the other end to main. Browser: the
 * page opens `PORT_PATH` of the host that served it, a port made of one long answer and POSTs.
 */
export const PORT_MESSAGE = 'omni:port';

/** The one IPC channel; it carries nothing but the port. */
export const PORT_CHANNEL = 'omni:port';

/** The Node host's port: GET for what main says, POST `PORT_PATH/ID` for what the page says. */
export const PORT_PATH = '/port';

/** Prefix of every procedure on the Node host as a plain HTTP call, for tools and tests. */
export const RPC_PATH = '/rpc';

/**
 * `performance.mark` that the page sets once the first real reading is on the screen. The start-up
 * bench and `--self-test` wait for it.
 */
export const USABLE_MARK = 'omni:usable';
