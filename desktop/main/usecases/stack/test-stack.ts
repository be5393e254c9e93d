import type { TestAnswer } from '../../../shared/contract/stack.ts';
import type { ProbeRequest } from '../../ports/health-probe.ts';
import type { Core } from '../core.ts';
import { gatewayUrl } from './gateway-url.ts';
import { testRequests } from './sample-requests.ts';

/** Sends the documented requests through the gateway and shows what came back, whatever it was. */
export async function testStack(core: Core): Promise<TestAnswer[]> {
  const url = await gatewayUrl(core);
  const key = await core.ports.session.secrets.sampleTrafficKey();
  const answers: TestAnswer[] = [];
  for (const request of testRequests({ gatewayUrl: url, key }))
    answers.push(await send(core, request));
  return answers;
}

async function send(core: Core, request: ProbeRequest): Promise<TestAnswer> {
  const { method, url, body = null } = request;
  return { method, url, requestBody: body, ...(await core.ports.probe.request(request)) };
}
