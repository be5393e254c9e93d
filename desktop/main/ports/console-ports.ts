import type { AuditLog } from './audit-log.ts';
import type { Clock } from './clock.ts';
import type { HealthProbe } from './health-probe.ts';
import type { KeyStore } from './key-store.ts';
import type { Logger } from './logger.ts';
import type { MetricsSource } from './metrics-source.ts';
import type { OperationJournal } from './operation-journal.ts';
import type { OperatorConsent } from './operator-consent.ts';
import type { SettingsStore } from './settings-store.ts';
import type { TargetSession } from './target-session.ts';

/** What the use cases may ask of the world. compose.ts fills it in; tests fill it with fakes. */
export interface ConsolePorts {
  /** Of the target that is chosen now; read it anew for every call. */
  readonly session: TargetSession;
  /** Of any target, by id. What outlives the operator's choice keeps the session it began with. */
  sessionOf(target: string): TargetSession;
  readonly keys: KeyStore;
  readonly metrics: MetricsSource;
  readonly probe: HealthProbe;
  readonly journal: OperationJournal;
  readonly audit: AuditLog;
  readonly settings: SettingsStore;
  readonly consent: OperatorConsent;
  readonly clock: Clock;
  readonly log: Logger;
  /** A fresh unguessable id. */
  newId(): string;
}
