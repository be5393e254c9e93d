/**
 * Parts of a browser that jsdom doesn't have: sizes never change in it, nothing is drawn, the system
 * prefers light. Import it in tests of whole screens.
 */
class StillSize implements ResizeObserver {
  observe(): void {
    // Nothing has a size here, so nothing ever changes it.
  }
  unobserve(): void {
    // As above.
  }
  disconnect(): void {
    // As above.
  }
}

function prefersNothing(media: string): MediaQueryList {
  return Object.assign(new EventTarget(), {
    media,
    matches: false,
    onchange: null,
    // The old names, which the type still asks for.
    addListener: () => undefined,
    removeListener: () => undefined,
  });
}

globalThis.ResizeObserver = StillSize;
globalThis.matchMedia = prefersNothing;
HTMLCanvasElement.prototype.getContext = () => null;
