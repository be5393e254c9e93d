import type {
  Revision,
  RevisionState,
  RevisionTemplate,
  Service,
} from '../../../shared/domain/revision.ts';
import type { TrafficShare } from '../../../shared/domain/traffic.ts';
import type { WantedTraffic } from '../../ports/deployment-provider.ts';

interface StoredRevision {
  readonly name: string;
  readonly deployId: string;
  readonly template: RevisionTemplate;
  readonly createdAt: number;
  /** Operation that brings it up. */
  readonly operation: string;
  state: Exclude<RevisionState, 'retired'>;
  reason: string | null;
}

/** One service of the memory platform, with the rules of Cloud Run v2 (control-plane facts, 2.1-2.3). */
export class MemoryService {
  readonly id: string;
  readonly revisions: StoredRevision[] = [];
  wanted: WantedTraffic = { kind: 'latest' };
  serving: readonly TrafficShare[] = [];
  failure: string | null = null;
  version = 1;

  constructor(id: string) {
    this.id = id;
  }

  add(revision: Omit<StoredRevision, 'name' | 'state' | 'reason'>): StoredRevision {
    // Holds the traffic where it is; only a service that serves nothing yet follows the latest.
    if (this.serving.length > 0) this.wanted = { kind: 'split', shares: this.serving };
    const number = String(this.revisions.length + 1).padStart(5, '0');
    const stored: StoredRevision = {
      ...revision,
      name: `${this.id}-${number}-mem`,
      state: 'starting',
      reason: null,
    };
    this.revisions.push(stored);
    this.version += 1;
    return stored;
  }

  /** Makes what serves equal to what is wanted, or says why that can't be. */
  route(): string | null {
    if (this.wanted.kind === 'latest') {
      const ready = this.#latestReady();
      this.serving = ready === null ? [] : [{ revision: ready, percent: 100, tag: null }];
      return null;
    }
    const missing = this.wanted.shares.find((share) => this.#find(share.revision) === undefined);
    if (missing !== undefined) {
      return `Revision '${missing.revision}' does not exist or is deleted. Update all traffic to route to currently available revisions.`;
    }
    this.serving = this.wanted.shares;
    return null;
  }

  toService(reconciling: boolean): Service {
    const followsLatest = this.wanted.kind === 'latest';
    return {
      id: this.id,
      uri: this.serving.length === 0 ? '' : `http://${this.id}.memory.test`,
      latestCreatedRevision: this.revisions.at(-1)?.name ?? null,
      latestReadyRevision: this.#latestReady(),
      traffic: {
        shares: this.wanted.kind === 'latest' ? this.serving : this.wanted.shares,
        followsLatest,
      },
      serving: { shares: this.serving, followsLatest },
      reconciling,
      failure: reconciling ? null : this.failure,
      etag: `"${this.id}:${String(this.version)}"`,
    };
  }

  /** Newest first. */
  toRevisions(): readonly Revision[] {
    return this.revisions.map((stored) => this.#toRevision(stored)).reverse();
  }

  #toRevision(stored: StoredRevision): Revision {
    const shares = this.serving.filter((share) => share.revision === stored.name);
    return {
      name: stored.name,
      service: this.id,
      state: stored.state === 'ready' && shares.length === 0 ? 'retired' : stored.state,
      reason: stored.reason,
      createdAt: new Date(stored.createdAt).toISOString(),
      trafficPercent: shares.reduce((sum, share) => sum + share.percent, 0),
      tags: shares.flatMap((share) => (share.tag === null ? [] : [share.tag])),
      template: stored.template,
    };
  }

  #find(name: string): StoredRevision | undefined {
    return this.revisions.find((revision) => revision.name === name);
  }

  #latestReady(): string | null {
    return this.revisions.findLast((revision) => revision.state === 'ready')?.name ?? null;
  }
}
