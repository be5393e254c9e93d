import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Figure } from './figure.ts';
import { breaksLimit, threeDigits } from './figure.ts';

const show = (value: number | null): string =>
  value === null ? 'missing' : String(threeDigits(value));

function row(entry: Figure): readonly string[] {
  const peers = Object.entries(entry.peers).map(([name, value]) => `${name} ${show(value)}`);
  return [
    entry.id,
    `${show(entry.value)} ${entry.unit}`,
    entry.goal === null ? '' : `${entry.better === 'lower' ? '<=' : '>='} ${entry.goal}`,
    entry.hard === null ? '' : String(entry.hard),
    String(entry.samples),
    peers.join(', '),
    breaksLimit(entry) ? 'OVER ITS LIMIT' : (entry.note ?? ''),
  ];
}

/** The figures as an aligned table. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = [
    ['figure', 'value', 'goal', 'limit', 'samples', 'peers in the same run', ''],
    ...figures.map(row),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((r) => r[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, i) => cell.padEnd(widths?.[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Writes figures as JSON, making the folder when it isn't there. */
export async function writeFigures(file: string, figures: readonly Figure[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
}
