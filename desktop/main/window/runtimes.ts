import process from 'node:process';

/** What the console runs on, for Settings and for reports. */
export function electronRuntimes(): readonly { readonly name: string; readonly version: string }[] {
  const { electron, chrome, node } = process.versions;
  return [
    { name: 'Electron', version: electron },
    { name: 'Chromium', version: chrome },
    { name: 'Node.js', version: node },
  ];
}
