/**
 * `npm run build:service -- FOLDER OUT [PLATFORM]`: one service's bundle, as the local cloud builds it,
 * and beside it what makes the folder a build context for Docker and gcloud.
 */
import process from 'node:process';
import { describeFailure } from './bootstrap/failure.mjs';
import { buildBundle } from './images/build-bundle.ts';

const [folder, out, platform] = process.argv.slice(2);
if (folder === undefined || out === undefined) {
  process.stderr.write(
    'Usage: npm run build:service -- services/gateway dist/gateway [linux/amd64]\n',
  );
  process.exit(2);
}
try {
  await buildBundle({ folder, out, platform });
  process.stdout.write(`${folder} is built: ${out}/server.mjs\n`);
} catch (error) {
  process.stderr.write(describeFailure(error));
  process.exitCode = 1;
}
