import './overview.css';
import { Play } from 'lucide-react';
import type { ReactElement } from 'react';
import type { StackStatus } from '../../../shared/contract/stack.ts';
import type { StackHealth } from '../../../shared/domain/health.ts';
import { useChangeRefusal } from '../../api/use-change-refusal.ts';
import { StaleBanner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { FreshnessMark } from '../../ui/freshness-mark.tsx';
import { Page, Panel } from '../../ui/panel.tsx';
import { AfterDelay, Skeleton } from '../../ui/skeleton.tsx';
import { useGo } from '../../ui/use-go.ts';
import { useSearchPart } from '../../ui/use-search-part.ts';
import { ChangesPanel } from './changes-panel.tsx';
import { FirstStart } from './first-start.tsx';
import { HealthGraph } from './health-graph.tsx';
import { recentChanges } from './recent-changes.ts';
import { ServiceCard } from './service-card.tsx';
import { StackTrouble } from './stack-trouble.tsx';
import { TestDialog } from './test-dialog.tsx';
import { TrafficSwitch } from './traffic-switch.tsx';
import { useOverview } from './use-overview.ts';
import { WhyBanner } from './why-banner.tsx';

const MAX_CHANGES = 14;

type Data = ReturnType<typeof useOverview>;

/** The first deploy is under way and nothing of the stack has ever answered. */
function isFirstStart(stack: StackStatus | undefined, health: StackHealth | undefined): boolean {
  if (stack?.phase !== 'deploying' && stack?.phase !== 'failed') return false;
  return health?.nodes.every((node) => node.observedAt === null) ?? true;
}

/**
 * When a part of the stack was last looked at; null while none has ever answered. Main's messages go
 * on when the platform can't be reached, so their own time says nothing about what they show.
 */
function observedAt(health: StackHealth | undefined): number | null {
  const times = (health?.nodes ?? []).flatMap((node) => node.observedAt ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

function Actions({ onTest }: { readonly onTest: () => void }): ReactElement {
  const go = useGo();
  const refusal = useChangeRefusal();
  return (
    <>
      <TrafficSwitch />
      <Button icon={<Play aria-hidden />} onClick={onTest}>
        Test
      </Button>
      <Button
        refusal={refusal}
        onClick={() => {
          go('/deployments?action=rollback');
        }}
      >
        Roll back…
      </Button>
      <Button
        kind="primary"
        refusal={refusal}
        onClick={() => {
          go('/deployments?action=deploy');
        }}
      >
        Deploy…
      </Button>
    </>
  );
}

function LoadingOverview(): ReactElement {
  return (
    <div className="overview-loading" role="status" aria-label="Loading the overview">
      <AfterDelay>
        <Skeleton height={250} />
        <div className="overview-cards">
          <Skeleton height={300} />
          <Skeleton height={300} />
          <Skeleton height={300} />
        </div>
      </AfterDelay>
    </div>
  );
}

function Cards({ data }: { readonly data: Data }): ReactElement {
  const { health, figures, services, operations, audit } = data;
  const card = (id: 'gateway' | 'backend', title: string): ReactElement => (
    <ServiceCard
      title={title}
      figures={figures.value?.find((entry) => entry.service === id)}
      node={health.value?.nodes.find((node) => node.id === id)}
      service={services.data?.find((service) => service.id === id)}
    />
  );
  const changes =
    operations.value === undefined
      ? undefined
      : recentChanges(operations.value, audit.data ?? [], MAX_CHANGES);
  return (
    <div className="overview-cards">
      {card('gateway', 'Gateway')}
      {card('backend', 'Backend')}
      <ChangesPanel changes={changes} />
    </div>
  );
}

function retry(): void {
  window.location.reload();
}

function NoHealth({ error }: { readonly error: unknown }): ReactElement {
  if (error === null) return <LoadingOverview />;
  return (
    <Panel label="Overview">
      <ErrorState error={error} what="The stack could not be read" onRetry={retry} />
    </Panel>
  );
}

interface LiveContentProps {
  readonly data: Data;
  readonly health: StackHealth;
}

function LiveContent({ data, health }: LiveContentProps): ReactElement {
  const { stack, health: source, figures } = data;
  const isStale = source.error !== null || stack.value?.phase === 'unreachable';
  return (
    <>
      {source.error !== null && (
        <StaleBanner
          error={source.error}
          asOf={observedAt(health) ?? health.observedAt}
          onRetry={retry}
        />
      )}
      {!isStale && <WhyBanner health={health} />}
      <div className={classNames('overview-live', isStale && 'is-stale')}>
        <HealthGraph health={health} figures={figures.value} />
        <Cards data={data} />
      </div>
    </>
  );
}

function Content({ data }: { readonly data: Data }): ReactElement {
  const { stack, health, operations } = data;
  const trouble = stack.value !== undefined && <StackTrouble status={stack.value} />;
  if (stack.value !== undefined && isFirstStart(stack.value, health.value)) {
    return (
      <>
        {trouble}
        <FirstStart status={stack.value} operations={operations.value ?? []} />
      </>
    );
  }
  if (health.value === undefined) return <NoHealth error={health.error ?? stack.error} />;
  return (
    <>
      {trouble}
      <LiveContent data={data} health={health.value} />
    </>
  );
}

/** Is it fine, if not what and since when, what changed, what can I do. */
export function OverviewPage(): ReactElement {
  const data = useOverview();
  const { search, replace } = useSearchPart();
  const isTesting = search.get('action') === 'test';
  return (
    <Page
      title="Overview"
      className="overview"
      aside={<FreshnessMark at={observedAt(data.health.value)} source="local scraper" />}
      actions={
        <Actions
          onTest={() => {
            replace(new URLSearchParams({ action: 'test' }));
          }}
        />
      }
    >
      <Content data={data} />
      {isTesting && (
        <TestDialog
          onClose={() => {
            replace(new URLSearchParams());
          }}
        />
      )}
    </Page>
  );
}
