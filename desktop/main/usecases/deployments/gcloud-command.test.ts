import { describe, expect, it } from 'vitest';
import { execFileSync } from 'node:child_process';
import type { RevisionTemplate } from '../../../shared/domain/revision.ts';
import type { GcloudDeploy } from './gcloud-command.ts';
import { gcloudDeploy, gcloudToLatest, gcloudTraffic } from './gcloud-command.ts';
import { gcloudList, shellQuoted } from './shell-words.ts';

const HERE = { project: null, region: null };
const current: RevisionTemplate = {
  image: 'eu/gateway@sha256:aa',
  env: [
    { name: 'MODE', value: 'a' },
    { name: 'GONE', value: 'x' },
    { name: 'API_KEYS', secret: 'keys', version: '1' },
    { name: 'OLD_SECRET', secret: 'old', version: 'latest' },
  ],
  port: 8080,
  cpu: 1,
  memoryMib: 512,
  minInstances: 0,
  maxInstances: 3,
  concurrency: 80,
  timeoutSeconds: 300,
  startupProbe: { path: '/ready', periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 60 },
};
const BY_HAND = { min: 0, max: null, manual: 3 };
const [mode, , keys] = current.env;
if (mode === undefined || keys === undefined) throw new Error('There are four variables.');

function deploy(
  next: Partial<RevisionTemplate>,
  change: Partial<Omit<GcloudDeploy, 'next'>> = {},
): string[] {
  const settings = { current: null, next: {} };
  const whole = { service: 'gateway', current, source: null, settings, traffic: 'as-set' } as const;
  return flags(gcloudDeploy({ ...whole, ...change, next: { ...current, ...next } }, HERE));
}

/** The words of a command but its first two lines: what and which image. */
const flags = (command: string): string[] => command.split(' \\\n  ').slice(2);

describe('a deploy as gcloud', () => {
  it.each<[string, string[], string[]]>([
    ['nothing', deploy({}), []],
    ['sizes', deploy({ cpu: 2, memoryMib: 1024 }), ['--cpu 2', '--memory 1024Mi']],
    [
      'instances',
      deploy({ minInstances: 1, maxInstances: 9 }),
      ['--min-instances 1', '--max-instances 9'],
    ],
    [
      'requests',
      deploy({ concurrency: 1, timeoutSeconds: 60, port: 9090 }),
      [
        '--concurrency 1',
        '--timeout 60',
        '--port 9090',
        '--startup-probe httpGet.path=/ready,httpGet.port=9090,periodSeconds=1,timeoutSeconds=1,failureThreshold=60',
      ],
    ],
    [
      'variables and secrets, added, changed and removed',
      deploy({
        env: [
          { name: 'MODE', value: 'b' },
          { name: 'API_KEYS', secret: 'keys', version: '2' },
        ],
      }),
      [
        '--update-env-vars MODE=b',
        '--update-secrets API_KEYS=keys:2',
        '--remove-env-vars GONE',
        '--remove-secrets OLD_SECRET',
      ],
    ],
    [
      'values with commas, spaces and quotes',
      deploy({ env: [...current.env, { name: 'LIST', value: "a,b c'd" }] }),
      [String.raw`--update-env-vars '^@^LIST=a,b c'\''d'`],
    ],
    [
      'a literal that looks like a secret',
      deploy({ env: [...current.env, { name: 'DB_PASSWORD', value: 'hunter2' }] }),
      ['--update-env-vars DB_PASSWORD=VALUE'],
    ],
    [
      'access',
      deploy({}, { settings: { current: null, next: { ingress: 'internal-lb', public: true } } }),
      ['--ingress internal-and-cloud-load-balancing', '--no-invoker-iam-check'],
    ],
    [
      'scaling of the service',
      deploy(
        {},
        { settings: { current: null, next: { scaling: { min: 2, max: null, manual: null } } } },
      ),
      ['--min 2'],
    ],
    [
      'a count by hand',
      deploy({}, { settings: { current: null, next: { scaling: BY_HAND } } }),
      ['--scaling 3'],
    ],
    [
      'the way back to scaling by load',
      deploy(
        {},
        {
          settings: {
            current: { ingress: 'all', public: true, scaling: BY_HAND },
            next: { scaling: { ...BY_HAND, manual: null } },
          },
        },
      ),
      ['--scaling auto'],
    ],
    [
      'a variable that becomes a reference, and the other way round',
      deploy({
        env: [
          { name: 'MODE', secret: 'mode', version: '3' },
          { name: 'GONE', value: 'x' },
          { name: 'API_KEYS', value: 'a' },
          { name: 'OLD_SECRET', secret: 'old', version: 'latest' },
        ],
      }),
      [
        '--update-env-vars API_KEYS=VALUE',
        '--update-secrets MODE=mode:3',
        '--remove-env-vars MODE',
        '--remove-secrets API_KEYS',
      ],
    ],
    ['a pin that stays', deploy({}, { traffic: 'none' }), ['--no-traffic']],
  ])('%s', (_what, command, expected) => {
    expect(command).toEqual(expected);
  });

  it('says image or source, project and region', () => {
    const base = { service: 'gateway', current, next: current, traffic: 'as-set' } as const;
    const settings = { current: null, next: {} };
    const scope = { project: 'shop-1', region: 'europe-west1' };
    expect(gcloudDeploy({ ...base, settings, source: 'services/gateway' }, scope)).toBe(
      [
        'gcloud run deploy gateway',
        '--project shop-1',
        '--region europe-west1',
        '--source services/gateway',
      ].join(' \\\n  '),
    );
  });

  it('says everything for a service that does not exist', () => {
    expect(deploy({ env: [] }, { current: null }).map((word) => word.split(' ')[0])).toEqual([
      '--cpu',
      '--memory',
      '--min-instances',
      '--max-instances',
      '--concurrency',
      '--timeout',
      '--port',
      '--startup-probe',
    ]);
  });

  it('lifts a pin in a second command', () => {
    const command = deploy({}, { traffic: 'latest' }).join(' ');
    expect(command).toContain('--to-latest');
  });
});

describe('traffic as gcloud', () => {
  const share = (
    revision: string,
    percent: number,
    tag: string | null = null,
  ): { revision: string; percent: number; tag: string | null } => ({ revision, percent, tag });

  it('names shares, and tags that are set, moved or gone', () => {
    const before = [share('a', 100), share('b', 0, 'blue'), share('c', 0, 'green')];
    const after = [share('a', 90), share('c', 10, 'blue')];
    expect(gcloudTraffic({ service: 'gateway', current: before, next: after }, HERE)).toBe(
      [
        'gcloud run services update-traffic gateway',
        '--to-revisions a=90,c=10',
        '--update-tags blue=c',
        '--remove-tags green',
      ].join(' \\\n  '),
    );
  });

  it('goes back to the latest', () => {
    const scope = { project: 'p', region: 'r' };
    expect(gcloudToLatest('gateway', scope)).toBe(
      'gcloud run services update-traffic gateway \\\n  --project p \\\n  --region r \\\n  --to-latest',
    );
  });
});

describe('words of a shell', () => {
  it.each(["it's", 'a b', '$(reboot)', '`x`', 'a\nb', '', '"', '\\', '*', '~', '!x'])(
    '%j reaches the command as it is',
    (text) => {
      const script = `printf %s ${shellQuoted(text)}`;
      expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(text);
    },
  );

  it('splits a list at a character that no entry has', () => {
    expect(gcloudList(['A=1', 'B=2'])).toBe('A=1,B=2');
    expect(gcloudList(['A=1,2', 'B=x@y'])).toBe("'^#^A=1,2#B=x@y'");
  });
});
