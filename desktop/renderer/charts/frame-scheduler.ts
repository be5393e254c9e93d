/** Something to draw. The same function asked for twice in a frame runs once. */
export type DrawTask = () => void;

const waiting = new Set<DrawTask>();
let frame: number | null = null;

function run(): void {
  frame = null;
  const tasks = [...waiting];
  waiting.clear();
  for (const task of tasks) task();
}

/**
 * Runs a drawing in the next frame, together with all others: panels that show the same second
 * change in the same frame, and a burst of updates costs one drawing. A hidden window has no frames.
 *
 * @returns takes it back
 */
export function scheduleDraw(task: DrawTask): () => void {
  waiting.add(task);
  frame ??= requestAnimationFrame(run);
  return () => {
    waiting.delete(task);
  };
}
