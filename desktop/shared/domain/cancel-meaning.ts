import type { Operation, StageId } from './operation.ts';

/** What a cancel would do now, or why there is none. */
export interface CancelMeaning {
  readonly possible: boolean;
  /** On the button. */
  readonly label: string;
  /** Beside it: what is left afterwards. */
  readonly text: string;
}

const STOP_BUILD: CancelMeaning = {
  possible: true,
  label: 'Stop the build',
  text: 'Stopping ends the build. Nothing was asked of the service yet; it stays as it is.',
};

const BEFORE_TRAFFIC: CancelMeaning = {
  possible: true,
  label: 'Stop before traffic',
  text: 'The platform finishes the revision it began, but it gets no traffic; a service that followed its latest revision follows it again afterwards.',
};

const TOO_LATE: CancelMeaning = {
  possible: false,
  label: 'Cancel',
  text: 'Traffic is moving and cannot be cancelled: roll back instead.',
};

/** What a cancel means in each phase; before the first one it takes the operation off the queue. */
const MEANINGS: Readonly<Record<StageId, CancelMeaning>> = {
  package: {
    possible: true,
    label: 'Stop',
    text: 'Stopping leaves everything as it is: nothing was sent to the platform yet.',
  },
  upload: {
    possible: true,
    label: 'Stop the upload',
    text: 'Stopping ends the upload. Nothing was asked of the service yet; it stays as it is.',
  },
  build: STOP_BUILD,
  push: STOP_BUILD,
  revision: BEFORE_TRAFFIC,
  ready: BEFORE_TRAFFIC,
  traffic: TOO_LATE,
  verify: TOO_LATE,
};

/** Before the traffic shift an operation can be stopped; from there on it can only be undone. */
export function cancelMeaning(operation: Operation): CancelMeaning {
  if (operation.state === 'cancelling') {
    return { possible: false, label: 'Stopping', text: 'It is being stopped.' };
  }
  const begun = operation.stages.findLast(({ startedAt }) => startedAt !== null);
  if (begun === undefined) {
    return {
      possible: true,
      label: 'Take off the queue',
      text: 'It has not begun: taking it off the queue leaves everything as it is.',
    };
  }
  const meaning = MEANINGS[begun.id];
  if (!operation.committed || !meaning.possible) return meaning;
  return {
    possible: false,
    label: 'Cancel',
    text: 'The first revision of a service gets its traffic by itself and cannot be cancelled: deploy another one instead.',
  };
}
