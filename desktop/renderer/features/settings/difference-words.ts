import type { PlatformDifference } from '../../../shared/domain/platform-difference.ts';

/** A part of a text that is either words or something to be typed. */
export interface TextPart {
  readonly words: string;
  readonly isCode: boolean;
}

/** A text in parts: what stands between backticks is code. */
export function plainWords(text: string): readonly TextPart[] {
  return text
    .split('`')
    .map((words, index) => ({ words, isCode: index % 2 === 1 }))
    .filter(({ words }) => words !== '');
}

/** The test that shows what is said of here; what nothing shows is not verified. */
export function proofOf({ test }: PlatformDifference): string {
  return test ?? 'unverified';
}

/** Is every searched word somewhere in the difference? */
export function matches(difference: PlatformDifference, search: string): boolean {
  const { topic, here, there } = difference;
  const text = `${topic} ${here} ${there}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
