import type { BackendHealth, GatewayHealth } from '@omni/contracts/health.ts';
import type {
  HealthAnswer,
  HealthProbe,
  ProbeAnswer,
  ProbeRequest,
} from '../../ports/health-probe.ts';

/** What an address that nothing was scripted for answers. */
const NO_ANSWER = 'connection refused';

type Script<T> = (url: string) => T;

/** Answers as it was told to and remembers what it was asked. */
export class FakeHealthProbe implements HealthProbe {
  readonly requests: ProbeRequest[] = [];
  #gateway: Script<HealthAnswer<GatewayHealth>> = () => silent();
  #backend: Script<HealthAnswer<BackendHealth>> = () => silent();
  #answer: (request: ProbeRequest) => ProbeAnswer = () => ({
    status: null,
    elapsedMs: 1,
    revision: null,
    body: '',
    error: NO_ANSWER,
  });

  gatewayAnswers(script: Script<HealthAnswer<GatewayHealth>>): void {
    this.#gateway = script;
  }

  backendAnswers(script: Script<HealthAnswer<BackendHealth>>): void {
    this.#backend = script;
  }

  answers(script: (request: ProbeRequest) => ProbeAnswer): void {
    this.#answer = script;
  }

  gateway(url: string): Promise<HealthAnswer<GatewayHealth>> {
    return Promise.resolve(this.#gateway(url));
  }

  backend(url: string): Promise<HealthAnswer<BackendHealth>> {
    return Promise.resolve(this.#backend(url));
  }

  request(request: ProbeRequest): Promise<ProbeAnswer> {
    this.requests.push(request);
    return Promise.resolve(this.#answer(request));
  }
}

function silent(): { health: null; elapsedMs: number; error: string } {
  return { health: null, elapsedMs: 1, error: NO_ANSWER };
}
