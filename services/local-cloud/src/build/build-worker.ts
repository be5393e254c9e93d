/**
 * The build itself, in a process of its own: it can be cancelled, and rolldown's memory goes with
 * it. Arguments: source folder, output folder, and for another machine its platform and processor.
 * Standard output is the log; the last line is JSON.
 */
import fs from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import type { CodeSplittingOptions } from 'rolldown';
import { readBuildPlan } from './build-plan.ts';
import type { BuildPlan } from './build-plan.ts';
import { collectPackages, isRuntimeFile } from './native-packages.ts';
import type { Machine } from './native-packages.ts';
import { copyFile, hashFile, hashFolder, linkFile, listFiles } from './place-files.ts';

/** The last line of the worker's output. */
export interface BuildOutcome {
  readonly digest: string;
  readonly inputs: Record<string, string>;
}

// CommonJS inside an ES module bundle may still call these.
const BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('\n');

/**
 * What the start needs is one file; what is only loaded when asked for lies beside it. Several entries
 * keep to themselves: each is a process of its own.
 */
function chunking(plan: BuildPlan): CodeSplittingOptions {
  const several = Object.keys(plan.entries).length > 1;
  return several ? {} : { groups: [{ name: 'start', tags: ['$initial'] }] };
}

async function bundle(plan: BuildPlan, outDir: string): Promise<string[]> {
  const build = await rolldown({
    input: { ...plan.entries },
    platform: 'node',
    external: (id) => plan.native.some((name) => id === name || id.startsWith(`${name}/`)),
    logLevel: 'warn',
    checks: { bundlerTimings: false },
  });
  await build.write({
    dir: outDir,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name]-[hash].mjs',
    sourcemap: false,
    codeSplitting: chunking(plan),
    banner: BANNER,
  });
  const files = await build.watchFiles;
  await build.close();
  return files.filter((file) => path.isAbsolute(file) && fs.existsSync(file));
}

function copyFolders(plan: BuildPlan, outDir: string): string[] {
  return plan.copy.flatMap((name) => {
    const source = path.join(plan.sourceDir, name);
    const files = fs.statSync(source).isDirectory() ? listFiles(source) : [''];
    return files.map((file) => {
      copyFile(path.join(source, file), path.join(outDir, name, file));
      return path.join(source, file);
    });
  });
}

/** Returns the package.json of each: another version of a package changes it, and so the inputs. */
function linkPackages(plan: BuildPlan, outDir: string, machine: Machine): string[] {
  return collectPackages(plan.native, plan.sourceDir).map(({ name, dir }) => {
    for (const file of listFiles(dir).filter((file) => isRuntimeFile(file, machine)))
      linkFile(path.join(dir, file), path.join(outDir, 'node_modules', name, file));
    return path.join(dir, 'package.json');
  });
}

async function main(): Promise<void> {
  const [source = '', outDir = '', platform, arch] = process.argv.slice(2);
  const machine = { platform: platform ?? process.platform, arch: arch ?? process.arch };
  const sourceDir = path.resolve(source);
  const plan = readBuildPlan(sourceDir);
  console.log(`bundling ${Object.keys(plan.entries).join(', ')}`);
  const modules = await bundle(plan, outDir);
  const copied = copyFolders(plan, outDir);
  const packages = linkPackages(plan, outDir, machine);
  console.log(`${modules.length} modules, ${copied.length} files copied, hashing`);
  const packageFile = path.join(sourceDir, 'package.json');
  const own = fs.existsSync(packageFile) ? [packageFile] : [];
  const inputs = [...modules, ...copied, ...packages, ...own];
  const outcome: BuildOutcome = {
    digest: hashFolder(outDir),
    inputs: Object.fromEntries(inputs.map((file) => [file, hashFile(file)])),
  };
  console.log(JSON.stringify(outcome));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
