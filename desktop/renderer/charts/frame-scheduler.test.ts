import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { scheduleDraw as Schedule } from './frame-scheduler.ts';

let frames: FrameRequestCallback[] = [];
let scheduleDraw: typeof Schedule;

function nextFrame(): void {
  for (const frame of frames.splice(0)) frame(0);
}

beforeEach(async () => {
  // Its own: what other tests drew may still wait for a frame of theirs.
  vi.resetModules();
  ({ scheduleDraw } = await import('./frame-scheduler.ts'));
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the frame scheduler', () => {
  it('draws everything in one frame and nothing twice', () => {
    const drawn: string[] = [];
    const one = (): unknown => drawn.push('one');
    const other = (): unknown => drawn.push('other');
    scheduleDraw(one);
    scheduleDraw(other);
    scheduleDraw(one);
    expect(frames).toHaveLength(1);
    nextFrame();
    expect(drawn).toEqual(['one', 'other']);
    nextFrame();
    expect(drawn).toHaveLength(2);
  });

  it('forgets what was taken back', () => {
    const draw = vi.fn();
    scheduleDraw(draw)();
    nextFrame();
    expect(draw).not.toHaveBeenCalled();
  });
});
