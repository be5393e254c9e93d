/**
 * What every npm script that must work on a bare clone starts with: `node scripts/run.mjs PURPOSE
 * [arguments]`. It runs on the system's Node (20 or newer) with nothing installed, puts in place
 * what PURPOSE needs, and goes on as `scripts/PURPOSE.ts` on the project's own Node 24.
 */
import process from 'node:process';

const [purpose = '', ...args] = process.argv.slice(2);
const major = Number(process.versions.node.split('.')[0]);

if (major < 20) {
  // Before any other file is loaded: an older Node may not even parse them.
  console.error(
    `\nNODE_TOO_OLD: this is Node ${process.versions.node}; Node 20 or newer is needed.`,
  );
  console.error('Next step: install it from your distribution or with nvm (`nvm install 24`).\n');
  process.exit(1);
}

const { begin } = await import('./bootstrap/begin.mjs');
process.exitCode = await begin(purpose, args);
