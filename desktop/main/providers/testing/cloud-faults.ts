import type { ActiveFault, LocalFaultRequest } from '@omni/contracts/local-cloud-faults.ts';
import { activeFaults, FAULTS_PATH } from '@omni/contracts/local-cloud-faults.ts';
import type { LocalCloudProcess } from './local-cloud-process.ts';

/** Asks a local cloud for faults, and takes them away again. */
export class CloudFaults {
  readonly #cloud: LocalCloudProcess;

  constructor(cloud: LocalCloudProcess) {
    this.#cloud = cloud;
  }

  async add(fault: LocalFaultRequest): Promise<void> {
    await this.#call('POST', JSON.stringify(fault));
  }

  async clear(): Promise<void> {
    await this.#call('DELETE', null);
  }

  async list(): Promise<readonly ActiveFault[]> {
    return activeFaults.parse(await this.#call('GET', null));
  }

  async #call(method: string, body: string | null): Promise<unknown> {
    const { httpPort, token } = await this.#cloud.connection();
    const answer = await fetch(`http://127.0.0.1:${String(httpPort)}${FAULTS_PATH}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });
    if (!answer.ok) throw new Error(`${method} of a fault: ${await answer.text()}`);
    return answer.json();
  }
}
