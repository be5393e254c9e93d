/** A name that main wants to be typed before it lets a call pass. */
export interface Challenge {
  readonly challenge: string;
  readonly word: string;
  readonly of: 'target' | 'key';
  /** The call that waits for it: `deployments.deploy`. */
  readonly action: string;
}

interface Asked extends Challenge {
  readonly answer: (typed: string | null) => void;
}

let asked: Asked | null = null;
const offered = new Set<string>();
const listeners = new Set<() => void>();

function change(next: Asked | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

/**
 * What the operator types for a call, null when they would rather not. One question at a time: a
 * second one takes the place of the first, which then counts as refused.
 */
export function askToType(challenge: Challenge): Promise<string | null> {
  if (offered.delete(challenge.word)) return Promise.resolve(challenge.word);
  asked?.answer(null);
  return new Promise((resolve) => {
    const answer = (typed: string | null): void => {
      change(null);
      resolve(typed);
    };
    change({ ...challenge, answer });
  });
}

/**
 * A dialog of its own has had the name typed already: the next question for it is answered so, until
 * the returned function takes that back.
 */
export function offerTyped(word: string): () => void {
  offered.add(word);
  return () => {
    offered.delete(word);
  };
}

export function readAsked(): Asked | null {
  return asked;
}

export function subscribeAsked(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
