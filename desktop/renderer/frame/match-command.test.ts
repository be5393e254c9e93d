import { describe, expect, it } from 'vitest';
import { matchCommands } from './match-command.ts';
import type { Command } from './match-command.ts';

const command = (title: string, group = 'Go to'): Command => ({
  id: title,
  title,
  group,
  run: () => undefined,
});
const all = [
  command('Overview'),
  command('Deployments'),
  command('Deploy gateway…', 'Deployments'),
  command('Roll back gateway…', 'Deployments'),
  command('Use the dark theme', 'Appearance'),
];
const titles = (typed: string): string[] => matchCommands(all, typed).map((entry) => entry.title);

describe('the palette', () => {
  it('shows everything while nothing is typed', () => {
    expect(titles('  ')).toHaveLength(all.length);
  });

  it('puts the beginning of a title before the middle of one', () => {
    expect(titles('deploy').slice(0, 2)).toEqual(['Deployments', 'Deploy gateway…']);
    expect(titles('gateway')).toEqual(['Deploy gateway…', 'Roll back gateway…']);
  });

  it('finds by the letters in their order, and by the group', () => {
    expect(titles('rbg')).toEqual(['Roll back gateway…']);
    expect(titles('appear')).toEqual(['Use the dark theme']);
    expect(titles('zzz')).toEqual([]);
  });
});
