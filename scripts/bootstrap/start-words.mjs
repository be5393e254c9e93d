/** `npm start -- --help`. */
export const startHelp = `Omni Console: deploys and operates the gateway and the ML backend, on this machine or in the cloud.

  npm start [-- options]          open the console in its window
  npm run start:browser           the same without a window: prints a URL for the browser

Options
  --state DIR    where settings, logs and the local cloud's data live
                 (default: $OMNI_STATE_DIR, $XDG_STATE_HOME/omni-console, ~/.local/state/omni-console)
  --browser      no window: serve the console on 127.0.0.1
  --xvfb         a window on a virtual display, for machines without one
  --help         this text
`;

/** Shown where there is no display to open a window on. */
export const noDisplayText = `
NO_DISPLAY: neither DISPLAY nor WAYLAND_DISPLAY is set, so there is nowhere to open a window.
Next step: run \`npm run start:browser\` and open the printed URL (over SSH: forward its port),
or \`npm start -- --xvfb\` for a window on a virtual display.

`;

/** Shown when `npm run images -- --offline-base` runs as an ordinary user. */
export const rootNeededText = `
ROOT_NEEDED: making a base image and running a Docker of our own takes root on Linux.
Next step: run it as root, or with a Docker that this user may use: \`npm run images\`.

`;
