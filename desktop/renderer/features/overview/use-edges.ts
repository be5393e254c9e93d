import { useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

/** Where an edge runs, in pixels of the graph. */
export interface EdgeLine {
  readonly path: string;
  /** Middle of the line, where its label stands. */
  readonly x: number;
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly middle: number;
}

function boxOf(graph: HTMLElement, id: string): Box | null {
  const node = graph.querySelector(`[data-node="${id}"]`);
  if (node === null) return null;
  const origin = graph.getBoundingClientRect();
  const rect = node.getBoundingClientRect();
  return {
    left: rect.left - origin.left,
    right: rect.right - origin.left,
    middle: (rect.top + rect.bottom) / 2 - origin.top,
  };
}

/** A line from the right side of one node to the left side of the next, bent if need be. */
export function lineBetween(from: Box, to: Box): EdgeLine {
  const x = (from.right + to.left) / 2;
  const start = `${from.right.toFixed(1)},${from.middle.toFixed(1)}`;
  const end = `${to.left.toFixed(1)},${to.middle.toFixed(1)}`;
  const bend = `${x.toFixed(1)},${from.middle.toFixed(1)} ${x.toFixed(1)},${to.middle.toFixed(1)}`;
  return { path: `M${start}C${bend} ${end}`, x, y: (from.middle + to.middle) / 2 };
}

type Ends = readonly (readonly [from: string, to: string])[];

function measure(graph: HTMLElement, ends: Ends): readonly (EdgeLine | null)[] {
  return ends.map(([from, to]) => {
    const start = boxOf(graph, from);
    const end = boxOf(graph, to);
    return start === null || end === null ? null : lineBetween(start, end);
  });
}

interface Edges {
  readonly ref: RefObject<HTMLDivElement | null>;
  /** One line per pair of ends, null until measured. */
  readonly lines: readonly (EdgeLine | null)[];
}

/** Measures where the nodes stand and draws edges between them; again when the layout changes. */
export function useEdges(ends: Ends, layoutKey: string): Edges {
  const ref = useRef<HTMLDivElement>(null);
  const [lines, setLines] = useState<readonly (EdgeLine | null)[]>([]);
  useLayoutEffect(() => {
    const graph = ref.current;
    if (graph === null) return;
    const update = (): void => {
      setLines(measure(graph, ends));
    };
    update();
    const observer = new ResizeObserver(update);
    observer.observe(graph);
    for (const node of graph.querySelectorAll('[data-node]')) observer.observe(node);
    return () => {
      observer.disconnect();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `layoutKey` names the same pairs as `ends`
  }, [layoutKey]);
  return { ref, lines };
}
