/** Says of a path below the context (with `/`) whether it is left out. */
export type Ignores = (path: string) => boolean;

interface Rule {
  readonly pattern: RegExp;
  readonly keeps: boolean;
}

/** Reads a `.dockerignore`: the last rule that fits decides, `!` takes back, `#` begins a comment. */
export function readDockerIgnore(text: string): Ignores {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(toRule);
  return (path) => {
    const last = rules.findLast(({ pattern }) => pattern.test(path));
    return last !== undefined && !last.keeps;
  };
}

function toRule(line: string): Rule {
  const keeps = line.startsWith('!');
  const path = (keeps ? line.slice(1) : line).replaceAll(/^\/|\/$/g, '');
  const source = path
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => WILD[part] ?? part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`))
    .join('');
  // A rule that fits a folder fits everything in it.
  return { pattern: new RegExp(`^${source}(?:/|$)`), keeps };
}

const WILD: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
};
