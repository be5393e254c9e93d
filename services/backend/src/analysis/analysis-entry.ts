/** The thread that runs analyses; `analyst.ts` starts and asks it. */
import { parentPort } from 'node:worker_threads';
import type { AnalysisAnswer, AnalysisRequest } from './analysis-protocol.ts';
import { runTask } from './tasks.ts';

parentPort?.on('message', ({ id, task, input }: AnalysisRequest) => {
  let answer: AnalysisAnswer;
  try {
    answer = { id, output: runTask(task, input) };
  } catch (error) {
    answer = { id, failure: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
