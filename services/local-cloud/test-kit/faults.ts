/** Turns faults of a running local-cloud on and off, as its README lists them. */
import { FAULTS_PATH, activeFault, activeFaults } from '@omni/contracts/local-cloud-faults.ts';
import type { ActiveFault, LocalFaultRequest } from '@omni/contracts/local-cloud-faults.ts';
import type { LocalCloudConnection } from '@omni/contracts/local-cloud.ts';

type Address = Pick<LocalCloudConnection, 'httpPort' | 'token'>;

/** Turns a fault on and returns it with its id. */
export async function addFault(
  connection: Address,
  fault: LocalFaultRequest,
): Promise<ActiveFault> {
  return activeFault.parse(await call(connection, '', { method: 'POST', body: json(fault) }));
}

/** The faults that are on, with the times that are left. */
export async function listFaults(connection: Address): Promise<ActiveFault[]> {
  return activeFaults.parse(await call(connection, '', { method: 'GET' }));
}

/** Turns one fault off, or all of them. */
export async function clearFaults(connection: Address, id?: string): Promise<void> {
  const query = id === undefined ? '' : `?id=${encodeURIComponent(id)}`;
  await call(connection, query, { method: 'DELETE' });
}

/** Runs `act` with a fault on; it is off afterwards, whatever happened. */
export async function withFault<T>(
  connection: Address,
  fault: LocalFaultRequest,
  act: () => Promise<T>,
): Promise<T> {
  const { id } = await addFault(connection, fault);
  try {
    return await act();
  } finally {
    await clearFaults(connection, id);
  }
}

/** The argument of local-cloud that turns a fault on from the start. */
export function faultFlags(...faults: readonly LocalFaultRequest[]): string[] {
  return faults.flatMap((fault) => ['--fault', json(fault)]);
}

function json(fault: LocalFaultRequest): string {
  return JSON.stringify(fault);
}

async function call(
  { httpPort, token }: Address,
  query: string,
  init: RequestInit,
): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${httpPort}${FAULTS_PATH}${query}`, {
    ...init,
    headers: { authorization: `Bearer ${token}` },
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return body;
}
