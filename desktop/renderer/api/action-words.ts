/** Procedures of the contract that change something, in the operator's words. */
const WORDS: Readonly<Record<string, string>> = {
  'canary.promote': 'Promote canary',
  'canary.resume': 'Resume canary',
  'canary.start': 'Start canary',
  'deployments.deploy': 'Deploy',
  'deployments.resumeLatest': 'Resume latest',
  'keys.create': 'Create key',
  'keys.revoke': 'Revoke key',
  'releases.start': 'Release the stack',
  'stack.ensure': 'Deploy the stack',
  'targets.remove': 'Remove target',
  'traffic.set': 'Change traffic',
  'upstream.switch': 'Switch upstream',
};

/** `keys.revoke` -> `Revoke key`; an action that isn't known keeps its own name. */
export function changeWords(action: string): string {
  return Object.hasOwn(WORDS, action) ? (WORDS[action] ?? action) : action;
}
