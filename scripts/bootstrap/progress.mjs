import process from 'node:process';

/**
 * One line before a step that takes a while, its duration after it.
 *
 * @template T
 * @param {string} title
 * @param {() => T} work
 * @returns {T}
 */
export function step(title, work) {
  const startedAt = performance.now();
  process.stdout.write(`  ${title} ... `);
  try {
    const result = work();
    process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    process.stdout.write('failed\n');
    throw error;
  }
}
