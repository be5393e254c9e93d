import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scheduleDraw } from './frame-scheduler.ts';

let frames: FrameRequestCallback[] = [];

function nextFrame(): void {
  for (const frame of frames.splice(0)) frame(0);
}

beforeEach(() => {
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
