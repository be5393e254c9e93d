/** Where the pointer stands on a board, the same for all of its panels. */
export interface CrosshairPoint {
  /** Index into the board's columns. */
  readonly index: number;
  /** Page coordinates of the pointer, for the tooltip. */
  readonly x: number;
  readonly y: number;
}

/** The crosshair that the panels of a board share. */
export class Crosshair {
  private point: CrosshairPoint | null = null;
  private readonly listeners = new Set<() => void>();

  readonly read = (): CrosshairPoint | null => this.point;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  move(point: CrosshairPoint | null): void {
    if (this.point === point) return;
    this.point = point;
    for (const listener of this.listeners) listener();
  }
}
