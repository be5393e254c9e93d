/** What a revision's failure says -> what ends it. The first that fits counts. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /secret/i,
    'Make the secret, or let the service account read it (roles/secretmanager.secretAccessor), then deploy again.',
  ],
  [/quota/i, 'Lower its instances or CPU, or ask for a higher quota, then deploy again.'],
  [
    /permission[^.]*image|pull[^.]*denied/i,
    'Let the service agent read the image (roles/artifactregistry.reader), then deploy again.',
  ],
  [/image|artifact/i, 'Deploy it with a build: the image is not there any more.'],
  [/memory/i, 'Give it more memory, or let it need less, then deploy again.'],
  [
    /exit|ended|terminated|crash/i,
    'Read its last log lines below, correct what made it end and deploy again.',
  ],
  [
    /probe|listen|port/i,
    'Let it listen on PORT and answer the path of its start-up probe with 200 in time; its last log lines are below.',
  ],
];

/** What to do about a revision that did not become ready. */
export function fixFor(reason: string): string {
  const known = FIXES.find(([says]) => says.test(reason));
  return known?.[1] ?? 'Read its last log lines below, correct the cause and deploy again.';
}
