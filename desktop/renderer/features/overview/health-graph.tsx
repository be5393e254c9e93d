import type { ReactElement } from 'react';
import type { HealthEdge, HealthNode, StackHealth } from '../../../shared/domain/health.ts';
import type { MeteredService, ServiceFigures } from '../../../shared/domain/latency-board.ts';
import { classNames } from '../../ui/class-names.ts';
import { latency, percent, perSecond, text } from '../../ui/format-number.ts';
import { moment } from '../../ui/format-time.ts';
import { Pill } from '../../ui/status-dot.tsx';
import { healthTone } from '../../ui/tone-of.ts';
import { useGo } from '../../ui/use-go.ts';
import { useEdges } from './use-edges.ts';

type Figures = readonly ServiceFigures[] | undefined;

/** Names and values that machines made are set in the mono font. */
function isMachineText(value: string): boolean {
  return /^[a-z0-9]+(-[a-z0-9]+)*-\d{5}\b|^:?\d{4,5}$/.test(value);
}

/** `gateway-00042 · 100 %` inside the gateway's own card is `00042 · 100 %`. */
function shortValue(node: HealthNode, value: string): string {
  return value.startsWith(`${node.id}-`) ? value.slice(node.id.length + 1) : value;
}

function reasonOf(node: HealthNode): string | undefined {
  if (node.reason === null) return undefined;
  return node.since === null
    ? node.reason
    : `${node.reason} Since ${moment(node.since, Date.now())}.`;
}

/** The service whose latency a node opens, null for parts without a board. */
function boardOf(node: HealthNode): MeteredService | null {
  return node.id === 'gateway' || node.id === 'backend' ? node.id : null;
}

function NodeTitle({ node }: { readonly node: HealthNode }): ReactElement {
  const go = useGo();
  const board = boardOf(node);
  if (board === null) return <b className="clip">{node.title}</b>;
  return (
    <button
      type="button"
      className="node-link"
      title={`Latency of the ${board}`}
      onClick={() => {
        go(`/latency?service=${board}`);
      }}
    >
      {node.title}
    </button>
  );
}

function NodeCard({ node }: { readonly node: HealthNode }): ReactElement {
  const tone = healthTone(node.state);
  const facts = node.facts.slice(0, 3);
  return (
    <article className={classNames('node', `node-${tone}`)} data-node={node.id}>
      <div className="node-head">
        <NodeTitle node={node} />
        <Pill tone={tone} title={reasonOf(node)}>
          {node.word}
        </Pill>
      </div>
      {facts.map((fact) => (
        <div key={fact.label} className="node-fact">
          <span className={classNames(isMachineText(fact.label) && 'mono')}>{fact.label}</span>
          <span
            className={classNames('clip', isMachineText(fact.value) && 'mono')}
            title={fact.value}
          >
            {shortValue(node, fact.value)}
          </span>
        </div>
      ))}
    </article>
  );
}

interface EdgeWords {
  readonly above: string | null;
  readonly below: string | null;
}

/** What an edge says: traffic where it is counted, else what the last check along it cost. */
export function edgeWords(edge: HealthEdge, figures: Figures): EdgeWords {
  const cost = edge.latencyMs === null ? null : text(latency(edge.latencyMs));
  const served = figures?.find((entry) => entry.service === edge.to);
  if (served === undefined) return { above: cost, below: null };
  const errors = served.errorRatio === null ? null : text(percent(served.errorRatio));
  const rate = served.requestsPerSecond === null ? null : text(perSecond(served.requestsPerSecond));
  if (edge.from === 'clients') return { above: rate ?? cost, below: errors };
  return { above: served.p95Ms === null ? cost : text(latency(served.p95Ms)), below: errors };
}

interface EdgeLayerProps {
  readonly edges: readonly HealthEdge[];
  readonly lines: ReturnType<typeof useEdges>['lines'];
  readonly figures: Figures;
}

function EdgeLayer({ edges, lines, figures }: EdgeLayerProps): ReactElement {
  return (
    <>
      <svg className="edges" aria-hidden="true">
        {edges.map((edge, index) => (
          <path
            key={`${edge.from} ${edge.to}`}
            d={lines[index]?.path ?? ''}
            className={`edge edge-${healthTone(edge.state)}`}
          />
        ))}
      </svg>
      {edges.map((edge, index) => {
        const line = lines[index];
        const { above, below } = edgeWords(edge, figures);
        if (line === null || line === undefined) return null;
        const isFan = edge.from === 'backend';
        return [above, below].map((word, place) =>
          word === null ? null : (
            <span
              key={`${edge.from} ${edge.to} ${String(place)}`}
              className="edge-word"
              style={{ left: line.x, top: isFan ? line.y : line.y + (place === 0 ? -13 : 13) }}
            >
              {word}
            </span>
          ),
        );
      })}
    </>
  );
}

interface HealthGraphProps {
  readonly health: StackHealth;
  readonly figures: Figures;
}

/** Clients > gateway > backend > what the backend needs, each with its state, edges by colour. */
export function HealthGraph({ health, figures }: HealthGraphProps): ReactElement {
  const ends = health.edges.map((edge) => [edge.from, edge.to] as const);
  const { ref, lines } = useEdges(ends, ends.join(' '));
  const cards = (ids: readonly HealthNode['id'][]): readonly ReactElement[] =>
    health.nodes
      .filter((node) => ids.includes(node.id))
      .map((node) => <NodeCard key={node.id} node={node} />);
  const rate = figures?.find((entry) => entry.service === 'gateway')?.requestsPerSecond ?? null;
  return (
    <section className="panel graph" aria-label="Health of the stack" ref={ref}>
      <EdgeLayer edges={health.edges} lines={lines} figures={figures} />
      <div className="graph-column">
        <article className="node node-clients" data-node="clients">
          <b>Clients</b>
          <span className="meta">{rate === null || rate === 0 ? 'no requests' : 'sending'}</span>
        </article>
      </div>
      <div className="graph-column">{cards(['gateway'])}</div>
      <div className="graph-column">{cards(['backend'])}</div>
      <div className="graph-column">{cards(['database', 'redis', 'model'])}</div>
    </section>
  );
}
