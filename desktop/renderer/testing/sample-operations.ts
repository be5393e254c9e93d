import { freshStages } from '../../shared/domain/operation.ts';
import type { Operation, Stage, StageId } from '../../shared/domain/operation.ts';

const TOOK_MS: Readonly<Record<StageId, number>> = {
  package: 310,
  upload: 120,
  build: 5_700,
  push: 300,
  revision: 214,
  ready: 640,
  traffic: 98,
  verify: 1_130,
};

function detailOf(id: StageId, revision: string): string {
  const details: Readonly<Record<StageId, string>> = {
    package: '214 files, 1.9 MB',
    upload: '1.9 MB sent',
    build: 'sha256:9f2c…41',
    push: 'gateway@sha256:9f2c…41',
    revision,
    ready: '2 instances, first answer after 212 ms',
    traffic: `100 % to ${revision}`,
    verify: `20 of 20 answers carry ${revision}`,
  };
  return details[id];
}

/** The stages with the first `done` of them behind it. */
function stagesAt(kind: Operation['kind'], done: number, from: number): readonly Stage[] {
  const revision = 'gateway-00043';
  let at = from;
  return freshStages(kind).map((stage, index) => {
    const startedAt = at;
    const usualMs = { low: TOOK_MS[stage.id] * 0.8, high: TOOK_MS[stage.id] * 1.3 };
    at += TOOK_MS[stage.id];
    if (index < done) {
      return {
        ...stage,
        state: 'done',
        startedAt,
        endedAt: at,
        usualMs,
        detail: detailOf(stage.id, revision),
      };
    }
    if (index > done) return { ...stage, usualMs };
    return {
      ...stage,
      state: 'running',
      startedAt,
      usualMs,
      detail: 'Waiting for the first answer',
    };
  });
}

function operation(id: string, service: string, createdAt: number): Operation {
  return {
    id,
    kind: 'deploy',
    target: 'local',
    service,
    title: `Deploy ${service}`,
    state: 'succeeded',
    stages: stagesAt('deploy', 8, createdAt),
    committed: true,
    createdAt,
    startedAt: createdAt,
    endedAt: createdAt + 8_512,
    usualMs: { low: 7_800, high: 11_400 },
    error: null,
    result: null,
    canary: null,
    release: null,
    upstream: null,
    log: [],
  };
}

/** A deploy that has just begun to start its instances. */
export function runningDeploy(now: number, service = 'gateway'): Operation {
  const createdAt = now - 7_400;
  return {
    ...operation(`op-run-${service}`, service, createdAt),
    title: `Deploying ${service}`,
    state: 'running',
    committed: false,
    stages: stagesAt('deploy', 5, createdAt),
    endedAt: null,
    log: [
      { at: createdAt + 120, line: 'reading the source folder' },
      { at: createdAt + 6_500, line: 'revision gateway-00043 created' },
    ],
  };
}

/** One of each outcome, newest first. */
export function pastOperations(now: number): Operation[] {
  const rolledBack = now - 31 * 60_000;
  const failed = now - 34 * 60_000;
  return [
    {
      ...operation('op-3', 'gateway', rolledBack),
      kind: 'roll_back',
      title: 'Rolled back gateway to gateway-00042',
      stages: stagesAt('roll_back', 2, rolledBack),
      endedAt: rolledBack + 1_410,
      result: {
        revision: 'gateway-00042',
        previousRevision: 'gateway-00043',
        verifiedAnswers: 20,
        wantedAnswers: 20,
        elapsedMs: 1_410,
      },
    },
    {
      ...operation('op-2', 'gateway', failed),
      state: 'failed',
      error: {
        code: 'REVISION_NOT_READY',
        message: 'never ready: port 8081 was not opened',
        nextStep: 'Let the service listen on PORT.',
      },
    },
    {
      ...operation('op-1', 'backend', now - 3 * 3_600_000),
      result: {
        revision: 'backend-00017',
        previousRevision: 'backend-00016',
        verifiedAnswers: 20,
        wantedAnswers: 20,
        elapsedMs: 8_512,
      },
    },
  ];
}
