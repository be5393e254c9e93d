import { expect, it } from 'vitest';
import { adcPath } from './adc-path.ts';

const FILE = 'application_default_credentials.json';
const linux = { home: '/home/ann', platform: 'linux' };
const windows = { home: 'C:\\Users\\ann', platform: 'win32' };

it.each([
  ['the file that the target names', '/x.json', { ...linux, env: {} }, '/x.json'],
  [
    'the file that the environment names',
    null,
    { ...linux, env: { GOOGLE_APPLICATION_CREDENTIALS: '/y.json', CLOUDSDK_CONFIG: '/cfg' } },
    '/y.json',
  ],
  ['gcloud’s moved folder', null, { ...linux, env: { CLOUDSDK_CONFIG: '/cfg' } }, `/cfg/${FILE}`],
  ['gcloud’s own folder', null, { ...linux, env: {} }, `/home/ann/.config/gcloud/${FILE}`],
  [
    'gcloud’s own folder on Windows',
    null,
    { ...windows, env: { APPDATA: 'C:\\Users\\ann\\AppData\\Roaming' } },
    `C:\\Users\\ann\\AppData\\Roaming\\gcloud\\${FILE}`,
  ],
])('application default credentials are %s', (_, file, host, path) => {
  expect(adcPath(file, host)).toBe(path);
});
