/** Something the palette can run. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** Where it belongs: Go to, Deploy, Appearance. */
  readonly group: string;
  readonly keys?: string;
  readonly run: () => void;
}

/** How well a title fits what was typed: lower is better, null means not at all. */
function distance(title: string, typed: string): number | null {
  const text = title.toLowerCase();
  const at = text.indexOf(typed);
  if (at === 0) return 0;
  if (at > 0) return text[at - 1] === ' ' ? 1 : 2;
  let from = 0;
  for (const letter of typed) {
    const next = text.indexOf(letter, from);
    if (next < 0) return null;
    from = next + 1;
  }
  return 3;
}

/** Commands that fit what was typed, the best first; all of them when nothing was. */
export function matchCommands(commands: readonly Command[], typed: string): readonly Command[] {
  const wanted = typed.trim().toLowerCase();
  return commands
    .flatMap((command) => {
      const found = distance(`${command.title} ${command.group}`, wanted);
      return found === null ? [] : [{ command, found }];
    })
    .sort((a, b) => a.found - b.found)
    .map(({ command }) => command);
}
