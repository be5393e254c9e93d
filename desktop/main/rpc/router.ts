import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import { exportAudit } from '../usecases/audit/export-audit.ts';
import { listAudit } from '../usecases/audit/list-audit.ts';
import { verifyAudit } from '../usecases/audit/verify-audit.ts';
import {
  abortCanary,
  holdCanary,
  promoteCanary,
  resumeHeldCanary,
} from '../usecases/canary/command-canary.ts';
import { planCanary } from '../usecases/canary/plan-canary.ts';
import { startCanary } from '../usecases/canary/start-canary.ts';
import { estimateCost } from '../usecases/cost/estimate-cost.ts';
import { deploy } from '../usecases/deployments/deploy.ts';
import { listDomains } from '../usecases/deployments/list-domains.ts';
import { listRevisions } from '../usecases/deployments/list-revisions.ts';
import { listServices } from '../usecases/deployments/list-services.ts';
import { planDeploy } from '../usecases/deployments/plan-deploy.ts';
import { planRollBack } from '../usecases/deployments/plan-roll-back.ts';
import { planResumeLatest, planTraffic } from '../usecases/deployments/plan-traffic.ts';
import { resumeLatest } from '../usecases/deployments/resume-latest.ts';
import { rollBack } from '../usecases/deployments/roll-back.ts';
import { setTraffic } from '../usecases/deployments/set-traffic.ts';
import { undoRollBack } from '../usecases/deployments/undo-roll-back.ts';
import { checkHealth } from '../usecases/health/check-health.ts';
import { watchHealth } from '../usecases/health/watch-health.ts';
import { createKey } from '../usecases/keys/create-key.ts';
import { listKeys } from '../usecases/keys/list-keys.ts';
import { revokeKey } from '../usecases/keys/revoke-key.ts';
import { readFilters, readKeyUsage, readRoutes } from '../usecases/metrics/query-metrics.ts';
import { watchBoard } from '../usecases/metrics/watch-board.ts';
import { watchFigures } from '../usecases/metrics/watch-figures.ts';
import { cancelOperation } from '../usecases/operations/cancel-operation.ts';
import { listOperations } from '../usecases/operations/list-operations.ts';
import { watchOperation, watchOperations } from '../usecases/operations/watch-operations.ts';
import { listReleases } from '../usecases/releases/list-releases.ts';
import { rollBackRelease } from '../usecases/releases/roll-back-release.ts';
import { startRelease } from '../usecases/releases/start-release.ts';
import { cancelPending, watchPending } from '../usecases/safety/cancel-window.ts';
import { confirm } from '../usecases/safety/confirm.ts';
import { readAbout } from '../usecases/settings/read-about.ts';
import { readSettings } from '../usecases/settings/read-settings.ts';
import { setTheme } from '../usecases/settings/set-theme.ts';
import { ensureStack } from '../usecases/stack/ensure-stack.ts';
import { setSampleTraffic } from '../usecases/stack/set-sample-traffic.ts';
import { testStack } from '../usecases/stack/test-stack.ts';
import { watchSampleTraffic } from '../usecases/stack/watch-sample-traffic.ts';
import { watchStack } from '../usecases/stack/watch-stack.ts';
import { addTarget } from '../usecases/targets/add-target.ts';
import { checkAccess } from '../usecases/targets/check-access.ts';
import { editTarget } from '../usecases/targets/edit-target.ts';
import { listDifferences } from '../usecases/targets/list-differences.ts';
import { listTargets } from '../usecases/targets/list-targets.ts';
import { selectTarget } from '../usecases/targets/select-target.ts';
import { removeTarget } from '../usecases/targets/remove-target.ts';
import { setTargetClass } from '../usecases/targets/set-target-class.ts';
import { cancelSignIn, signIn, signOut, watchSignIn } from '../usecases/targets/sign-in.ts';
import { setTargetMode } from '../usecases/targets/set-target-mode.ts';
import { planUpstream } from '../usecases/upstream/plan-upstream.ts';
import { readUpstream } from '../usecases/upstream/read-upstream.ts';
import { switchUpstream } from '../usecases/upstream/switch-upstream.ts';
import type { Context } from './context.ts';
import { mapError, mapStreamErrors } from './map-errors.ts';
import { wrapMutation } from './wrap-mutation.ts';

/** Every procedure goes through the same two things: errors are mapped, mutations are recorded. */
const on = implement(contract)
  .$context<Context>()
  .use(async ({ context, next, path, procedure, signal = null }, input) => {
    const { meta, inputSchema } = procedure['~orpc'];
    const isValid = async (): Promise<boolean> =>
      (await inputSchema?.['~standard'].validate(input))?.issues === undefined;
    const call = { action: path.join('.'), meta, input, isValid, signal };
    try {
      const result = await wrapMutation(context, call, async () => next());
      return { ...result, output: mapStreamErrors(context.core, result.output) };
    } catch (error) {
      throw mapError(context.core, error);
    }
  });

/** A caller in the same process may have no signal: it never leaves. */
const always = new AbortController().signal;

/** Procedure -> use case, one line each. */
export const router = on.router({
  audit: {
    list: on.audit.list.handler(({ context: { core }, input }) => listAudit(core, input)),
    verify: on.audit.verify.handler(({ context: { core } }) => verifyAudit(core)),
    export: on.audit.export.handler(({ context: { core }, input }) => exportAudit(core, input)),
  },
  canary: {
    plan: on.canary.plan.handler(({ context: { core }, input }) => planCanary(core, input)),
    start: on.canary.start.handler(({ context: { core }, input }) => startCanary(core, input)),
    hold: on.canary.hold.handler(({ context: { core }, input }) => holdCanary(core, input)),
    resume: on.canary.resume.handler(({ context: { core }, input }) =>
      resumeHeldCanary(core, input),
    ),
    promote: on.canary.promote.handler(({ context: { core }, input }) =>
      promoteCanary(core, input),
    ),
    abort: on.canary.abort.handler(({ context: { core }, input }) => abortCanary(core, input)),
  },
  cost: {
    estimate: on.cost.estimate.handler(({ context: { core } }) => estimateCost(core)),
  },
  deployments: {
    listServices: on.deployments.listServices.handler(({ context: { core } }) =>
      listServices(core),
    ),
    listRevisions: on.deployments.listRevisions.handler(({ context: { core }, input }) =>
      listRevisions(core, input),
    ),
    listDomains: on.deployments.listDomains.handler(({ context: { core }, input }) =>
      listDomains(core, input),
    ),
    planDeploy: on.deployments.planDeploy.handler(({ context: { core }, input }) =>
      planDeploy(core, input),
    ),
    planRollBack: on.deployments.planRollBack.handler(({ context: { core }, input }) =>
      planRollBack(core, input),
    ),
    planTraffic: on.deployments.planTraffic.handler(({ context: { core }, input }) =>
      planTraffic(core, input),
    ),
    planResumeLatest: on.deployments.planResumeLatest.handler(({ context: { core }, input }) =>
      planResumeLatest(core, input),
    ),
    deploy: on.deployments.deploy.handler(({ context: { core }, input }) => deploy(core, input)),
    rollBack: on.deployments.rollBack.handler(({ context: { core }, input }) =>
      rollBack(core, input),
    ),
    undoRollBack: on.deployments.undoRollBack.handler(({ context: { core }, input }) =>
      undoRollBack(core, input),
    ),
    resumeLatest: on.deployments.resumeLatest.handler(({ context: { core }, input }) =>
      resumeLatest(core, input),
    ),
  },
  health: {
    check: on.health.check.handler(({ context: { core } }) => checkHealth(core)),
    watch: on.health.watch.handler(({ context: { core }, signal = always }) =>
      watchHealth(core, signal),
    ),
  },
  keys: {
    list: on.keys.list.handler(({ context: { core } }) => listKeys(core)),
    create: on.keys.create.handler(({ context: { core }, input }) => createKey(core, input)),
    revoke: on.keys.revoke.handler(({ context: { core }, input }) => revokeKey(core, input)),
  },
  metrics: {
    watchBoard: on.metrics.watchBoard.handler(({ context: { core }, input, signal = always }) =>
      watchBoard(core, input, signal),
    ),
    routes: on.metrics.routes.handler(({ context: { core }, input }) => readRoutes(core, input)),
    filters: on.metrics.filters.handler(({ context: { core }, input }) => readFilters(core, input)),
    watchFigures: on.metrics.watchFigures.handler(({ context: { core }, signal = always }) =>
      watchFigures(core, signal),
    ),
    keyUsage: on.metrics.keyUsage.handler(({ context: { core } }) => readKeyUsage(core)),
  },
  operations: {
    list: on.operations.list.handler(({ context: { core } }) => listOperations(core)),
    watchAll: on.operations.watchAll.handler(({ context: { core }, signal = always }) =>
      watchOperations(core, signal),
    ),
    watch: on.operations.watch.handler(({ context: { core }, input, signal = always }) =>
      watchOperation(core, input.id, signal),
    ),
    cancel: on.operations.cancel.handler(({ context: { core }, input }) =>
      cancelOperation(core, input),
    ),
  },
  releases: {
    list: on.releases.list.handler(({ context: { core } }) => listReleases(core)),
    start: on.releases.start.handler(({ context: { core }, input }) => startRelease(core, input)),
    rollBack: on.releases.rollBack.handler(({ context: { core }, input }) =>
      rollBackRelease(core, input),
    ),
  },
  safety: {
    confirm: on.safety.confirm.handler(({ context: { core }, input }) => confirm(core, input)),
    watchPending: on.safety.watchPending.handler(({ context: { core }, signal = always }) =>
      watchPending(core, signal),
    ),
    cancelPending: on.safety.cancelPending.handler(({ context: { core }, input }) =>
      cancelPending(core, input),
    ),
  },
  settings: {
    read: on.settings.read.handler(({ context: { core } }) => readSettings(core)),
    setTheme: on.settings.setTheme.handler(({ context: { core }, input }) => setTheme(core, input)),
    about: on.settings.about.handler(({ context: { core } }) => readAbout(core)),
  },
  stack: {
    watch: on.stack.watch.handler(({ context: { core }, signal = always }) =>
      watchStack(core, signal),
    ),
    ensure: on.stack.ensure.handler(({ context: { core } }) => ensureStack(core)),
    test: on.stack.test.handler(({ context: { core } }) => testStack(core)),
    watchSampleTraffic: on.stack.watchSampleTraffic.handler(
      ({ context: { core }, signal = always }) => watchSampleTraffic(core, signal),
    ),
    setSampleTraffic: on.stack.setSampleTraffic.handler(({ context: { core }, input }) =>
      setSampleTraffic(core, input),
    ),
  },
  targets: {
    list: on.targets.list.handler(({ context: { core } }) => listTargets(core)),
    select: on.targets.select.handler(({ context: { core }, input }) => selectTarget(core, input)),
    setMode: on.targets.setMode.handler(({ context: { core }, input }) =>
      setTargetMode(core, input),
    ),
    add: on.targets.add.handler(({ context: { core }, input }) => addTarget(core, input)),
    edit: on.targets.edit.handler(({ context: { core }, input }) => editTarget(core, input)),
    setClass: on.targets.setClass.handler(({ context: { core }, input }) =>
      setTargetClass(core, input),
    ),
    remove: on.targets.remove.handler(({ context: { core }, input }) => removeTarget(core, input)),
    watchSignIn: on.targets.watchSignIn.handler(({ context: { core }, input, signal = always }) =>
      watchSignIn(core, input, signal),
    ),
    signIn: on.targets.signIn.handler(({ context: { core }, input }) => signIn(core, input)),
    cancelSignIn: on.targets.cancelSignIn.handler(({ context: { core }, input }) =>
      cancelSignIn(core, input),
    ),
    signOut: on.targets.signOut.handler(({ context: { core }, input }) => signOut(core, input)),
    checkAccess: on.targets.checkAccess.handler(({ context: { core }, input }) =>
      checkAccess(core, input),
    ),
    differences: on.targets.differences.handler(({ context: { core }, input }) =>
      listDifferences(core, input),
    ),
  },
  traffic: {
    set: on.traffic.set.handler(({ context: { core }, input }) => setTraffic(core, input)),
  },
  upstream: {
    read: on.upstream.read.handler(({ context: { core } }) => readUpstream(core)),
    plan: on.upstream.plan.handler(({ context: { core }, input }) => planUpstream(core, input)),
    switch: on.upstream.switch.handler(({ context: { core }, input }) =>
      switchUpstream(core, input),
    ),
  },
});
