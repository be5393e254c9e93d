import { describe, expect, it } from 'vitest';
import css from './tokens.css?raw';

type Rgb = readonly [red: number, green: number, blue: number];

function block(selector: string): string {
  const start = css.indexOf(selector);
  return css.slice(start, css.indexOf('}', start));
}

/** Linear sRGB of an oklch colour (Ottosson's matrices). */
function linear(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  return [
    clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Luminance of every opaque colour token of a theme. */
function luminances(selector: string): ReadonlyMap<string, number> {
  const tokens = block(selector).matchAll(/--([\w-]+):\s*oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g);
  return new Map(
    [...tokens].map(([, name, l, c, h]) => [
      name ?? '',
      luminance(linear(Number(l), Number(c), Number(h))),
    ]),
  );
}

const THEMES = {
  light: luminances(":root,\n[data-theme='light']"),
  dark: luminances("[data-theme='dark']"),
};

function contrast(theme: keyof typeof THEMES, one: string, other: string): number {
  const [a, b] = [THEMES[theme].get(one), THEMES[theme].get(other)];
  if (a === undefined || b === undefined) throw new Error(`No token ${one} or ${other}`);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const SURFACES = ['bg', 'panel', 'sunken', 'hover', 'accent-tint'];
const TEXT_PAIRS: readonly (readonly [string, string])[] = [
  ...SURFACES.flatMap((surface) => [
    ['text', surface] as const,
    ['text-2', surface] as const,
    ['text-3', surface] as const,
  ]),
  ['accent', 'panel'],
  ['accent', 'accent-tint'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['text-2', 'idle-tint'],
  ...['ok', 'warn', 'bad'].flatMap((tone) => [
    [tone, 'panel'] as const,
    [tone, 'bg'] as const,
    [tone, `${tone}-tint`] as const,
    ['text', `${tone}-tint`] as const,
    ['text-2', `${tone}-tint`] as const,
  ]),
  ...['dev', 'stage', 'prod'].map((name) => ['panel', name] as const),
];
const CHART_COLOURS = ['q50', 'q95', 'q99', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'bad', 'warn'];

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  it.each(TEXT_PAIRS)('writes %s on %s with at least 4.5:1', (text, surface) => {
    expect(contrast(theme, text, surface)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(CHART_COLOURS)('draws %s on a panel with at least 3:1', (colour) => {
    expect(contrast(theme, colour, 'panel')).toBeGreaterThanOrEqual(3);
  });

  it('has quantiles whose depths can be told apart', () => {
    const depths = ['q50', 'q95', 'q99'].map((name) => contrast(theme, name, 'panel'));
    expect(depths).toEqual([...depths].sort((a, b) => a - b));
  });
});
