import type {
  Revision,
  RevisionState,
  RevisionTemplate,
  Service,
  ServiceSettings,
} from '../../../shared/domain/revision.ts';
import { AUTOMATIC_SCALING } from '../../../shared/domain/revision.ts';
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
  settings: ServiceSettings = { ingress: 'all', public: false, scaling: AUTOMATIC_SCALING };
  serving: readonly TrafficShare[] = [];
  failure: string | null = null;
  version = 1;
  /** While true, `#shares` holds only tags: the latest ready revision gets the 100 %. */
  #followsLatest = true;
  #shares: readonly TrafficShare[] = [];

  constructor(id: string) {
    this.id = id;
  }

  add(revision: Omit<StoredRevision, 'name' | 'state' | 'reason'>): StoredRevision {
    // Holds the traffic where it is; only a service that serves nothing yet follows the latest.
    if (this.serving.length > 0) this.want({ kind: 'split', shares: this.serving });
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

  /** Wants the traffic so; tags stay, at 0 % when everything follows the latest. */
  want(wanted: WantedTraffic): void {
    this.#followsLatest = wanted.kind === 'latest';
    this.#shares =
      wanted.kind === 'split'
        ? wanted.shares
        : this.serving.flatMap((share) => (share.tag === null ? [] : [{ ...share, percent: 0 }]));
  }

  /** Gives a revision an address of its own at 0 %; the one that had the tag loses it. */
  tag(revision: string, tag: string): void {
    const kept = this.#shares
      .map((share) => (share.tag === tag ? { ...share, tag: null } : share))
      .filter((share) => share.percent > 0 || share.tag !== null);
    this.#shares = [...kept, { revision, percent: 0, tag }];
  }

  /** Makes what serves equal to what is wanted, or says why that can't be. */
  route(): string | null {
    const missing = this.#shares.find((share) => this.#find(share.revision) === undefined);
    if (missing !== undefined) {
      return `Revision '${missing.revision}' does not exist or is deleted. Update all traffic to route to currently available revisions.`;
    }
    const failed = this.#shares.find(
      ({ revision, percent }) => percent > 0 && this.#find(revision)?.state === 'failed',
    );
    if (failed !== undefined) return `Revision '${failed.revision}' is not ready.`;
    this.serving = this.#wantedShares();
    return null;
  }

  toService(reconciling: boolean): Service {
    const followsLatest = this.#followsLatest;
    return {
      id: this.id,
      uri: this.serving.length === 0 ? '' : `http://${this.id}.memory.test`,
      latestCreatedRevision: this.revisions.at(-1)?.name ?? null,
      latestReadyRevision: this.#latestReady(),
      traffic: { shares: this.#wantedShares(), followsLatest },
      serving: { shares: this.serving, followsLatest },
      reconciling,
      failure: reconciling ? null : this.failure,
      etag: `"${this.id}:${String(this.version)}"`,
      ...this.settings,
    };
  }

  /** Newest first. */
  toRevisions(): readonly Revision[] {
    return this.revisions.map((stored) => this.#toRevision(stored)).reverse();
  }

  #wantedShares(): readonly TrafficShare[] {
    if (!this.#followsLatest) return this.#shares;
    const latest = this.#latestReady();
    return latest === null ? [] : [{ revision: latest, percent: 100, tag: null }, ...this.#shares];
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
