import type { FromLane, ToLane } from './lane-protocol.ts';

/** One running lane process, without any meaning: messages in, messages out, an end. */
export interface LaneProcess {
  readonly pid: number | undefined;
  send(message: ToLane): void;
  onMessage(listener: (message: FromLane) => void): void;
  /** Called once, with a sentence about why it ended. */
  onExit(listener: (reason: string) => void): void;
  /** Ends it at once, also in the middle of a run. */
  kill(): void;
  /** Lets it end by itself after the run in flight. */
  release(): void;
}

/** Makes lane processes. Port: `fork` on plain Node, a fake in tests. */
export interface LaneHost {
  start(): LaneProcess;
}
