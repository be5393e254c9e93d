import { parseArgs } from 'node:util';
import { StartFailure } from '../bootstrap/failure.mjs';

/** What `npm start` was asked for. */
export type StartOptions = {
  /** As given, or `undefined` for the default of this machine. */
  state: string | undefined;
  /** No window: serve the console to a browser. */
  browser: boolean;
  /** A window on a virtual display. */
  xvfb: boolean;
};

/** Command line -> options; a wrong one is a failure with the way out. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        state: { type: 'string' },
        browser: { type: 'boolean', default: false },
        xvfb: { type: 'boolean', default: false },
      },
    });
    return { state: values.state, browser: values.browser, xvfb: values.xvfb };
  } catch (error) {
    throw new StartFailure(
      'ARGUMENTS_INVALID',
      error instanceof Error ? error.message : String(error),
      'see `npm start -- --help`; options follow a double dash.',
    );
  }
}
