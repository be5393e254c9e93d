import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const DEFAULT_SIZE = { width: 1280, height: 800 };
export const MIN_SIZE = { width: 1024, height: 640 };

/** So much of the title bar has to be on a display for the window to be reachable. */
const REACHABLE_PX = 80;

const rectangle = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(MIN_SIZE.width),
  height: z.number().int().min(MIN_SIZE.height),
});

/** Where the window was, if that is still on a display that is there; else nothing. */
export function boundsOnDisplays(
  wanted: Rectangle | null,
  displays: readonly Rectangle[],
): Rectangle | null {
  if (wanted === null) return null;
  const reachable = displays.some((display) => isReachable(wanted, display));
  return reachable ? wanted : null;
}

function isReachable(window: Rectangle, display: Rectangle): boolean {
  const right = Math.min(window.x + window.width, display.x + display.width);
  const overlap = right - Math.max(window.x, display.x);
  const top = window.y >= display.y && window.y < display.y + display.height - REACHABLE_PX / 2;
  return overlap >= REACHABLE_PX && top;
}

/** What was remembered, or null when there is nothing that can be used. */
export function readBounds(file: string): Rectangle | null {
  try {
    return rectangle.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // A first start or a broken file: the default size is as good.
    return null;
  }
}

/** Best effort: where a window was is not worth an error. */
export async function writeBounds(file: string, bounds: Rectangle): Promise<void> {
  await writeFile(file, JSON.stringify(bounds), { mode: 0o600 }).catch(() => undefined);
}
