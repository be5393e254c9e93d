import type { AuditRecord } from '../../ports/audit-log.ts';
import type { ConsolePorts } from '../../ports/console-ports.ts';

/** Who the console is in entries about what happens by itself. */
export const CONSOLE_ACTOR = 'console';

/** Appends an entry; one that can't be written goes to the log, as what it tells has happened. */
export async function recordAudit(ports: ConsolePorts, entry: AuditRecord): Promise<void> {
  try {
    await ports.audit.append(entry);
  } catch (error) {
    // The change is made; hiding its result from the operator would help nobody.
    ports.log.error('an audit entry could not be written', error, { action: entry.action });
  }
}
