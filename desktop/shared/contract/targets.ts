import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import type { PlatformDifference } from '../domain/platform-difference.ts';
import type { PreflightFinding } from '../domain/preflight.ts';
import { PREFLIGHT_CODES } from '../domain/preflight.ts';
import type { SignInStatus } from '../domain/sign-in.ts';
import type { Target, TargetCredentials } from '../domain/target.ts';
import { deleteFromConsole, mutateConsole, read } from './procedure.ts';

const credentials: z.ZodType<TargetCredentials, TargetCredentials> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('adc'),
    impersonate: z.string().nullable(),
    file: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('oauth'),
    impersonate: z.string().nullable(),
    clientFile: z.string(),
  }),
]);

export const target: z.ZodType<Target, Target> = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['local', 'cloud-run']),
  class: z.enum(['dev', 'stage', 'prod']),
  mode: z.enum(['normal', 'protected', 'read-only']),
  project: z.string().nullable(),
  region: z.string().nullable(),
  credentials,
  guarded: z.boolean(),
});

/** Google's rules, checked before Google is asked. */
const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, 'Small letters, digits and hyphens, at most 40.');
const project = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    'A project id: 6 to 30 small letters, digits and hyphens, a letter first.',
  );
const region = z.string().regex(/^[a-z]+-[a-z]+\d{1,2}$/, 'A region like europe-west1.');
const serviceAccount = z
  .string()
  .regex(
    /^[a-z0-9-]+@([a-z0-9.-]+\.iam|developer|appspot)\.gserviceaccount\.com$/,
    'The e-mail address of a service account.',
  )
  .nullable();
const file = z.string().regex(/^(\/|[A-Za-z]:\\)/, 'The whole path of a file.');

/** What an operator says of a Cloud Run target. Also parsed by the form. */
export const targetDetails = z.object({
  name,
  class: z.enum(['dev', 'stage', 'prod']),
  project,
  region,
  credentials: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('adc'), impersonate: serviceAccount, file: file.nullable() }),
    z.object({ kind: z.literal('oauth'), impersonate: serviceAccount, clientFile: file }),
  ]),
});
export type TargetDetails = z.infer<typeof targetDetails>;

const signInStatus: z.ZodType<SignInStatus, SignInStatus> = z.object({
  state: z.enum(['not-needed', 'signed-in', 'signed-out', 'waiting', 'failed']),
  email: z.string().nullable(),
  expiresAt: z.number().nullable(),
  source: z.string(),
  keptIn: z.enum(['keyring', 'memory', 'file']).nullable(),
  problem: z
    .object({
      code: z.string(),
      message: z.string(),
      nextStep: z.string(),
      command: z.string().nullable(),
    })
    .nullable(),
  link: z.object({ url: z.string(), opened: z.boolean() }).nullable(),
});

const finding: z.ZodType<PreflightFinding, PreflightFinding> = z.object({
  code: z.enum(PREFLIGHT_CODES),
  severity: z.enum(['blocks', 'warns']),
  title: z.string(),
  detail: z.string(),
  fix: z.string(),
  command: z.string().nullable(),
});

const difference: z.ZodType<PlatformDifference, PlatformDifference> = z.object({
  topic: z.string(),
  here: z.string(),
  there: z.string(),
  test: z.string().nullable(),
});

const byId = z.object({ id: z.string() });

export const targets = {
  list: read.output(z.object({ targets: z.array(target), selected: z.string() })),
  select: mutateConsole.input(byId).output(target),
  /** Allowed on a read-only target too: it is the way out of it. */
  setMode: mutateConsole
    .input(z.object({ id: z.string(), mode: z.enum(['normal', 'protected', 'read-only']) }))
    .output(target),
  /** A Cloud Run target; nothing is asked of Google. */
  add: mutateConsole.input(targetDetails).output(target),
  /** A lower class, and another place of a guarded target, are asked of the human. */
  edit: mutateConsole.input(targetDetails.extend({ id: z.string() })).output(target),
  /** The class of any target, the local one included. A lower one is asked of the human. */
  setClass: mutateConsole
    .input(z.object({ id: z.string(), class: z.enum(['dev', 'stage', 'prod']) }))
    .output(target),
  /** Forgets a target and its sign-in; what is deployed there stays. Refused for the local one. */
  remove: deleteFromConsole.input(byId),
  /** At once and after every change. No token is ever part of it. */
  watchSignIn: read.input(byId).output(eventIterator(signInStatus)),
  /** Begins a sign-in with the target's own OAuth client; the status tells the rest. */
  signIn: mutateConsole.input(byId),
  cancelSignIn: mutateConsole.input(byId),
  signOut: mutateConsole.input(byId),
  /** What would keep changes from working there, each with its fix. Writes nothing. */
  checkAccess: read
    .input(byId)
    .output(z.object({ findings: z.array(finding), checkedAt: z.number() })),
  /** Where a target behaves otherwise than Cloud Run; empty for Cloud Run itself. */
  differences: read.input(byId).output(z.array(difference)),
};
