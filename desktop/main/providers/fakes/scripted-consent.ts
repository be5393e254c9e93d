import type { ConsentRequest, OperatorConsent } from '../../ports/operator-consent.ts';

/** An operator who answers as scripted and remembers what was asked. */
export class ScriptedConsent implements OperatorConsent {
  readonly asked: ConsentRequest[] = [];
  /** Signals of the questions, in their order. */
  readonly signals: AbortSignal[] = [];
  answer: boolean | Promise<boolean> = true;

  async ask(request: ConsentRequest, signal: AbortSignal): Promise<boolean> {
    await Promise.resolve();
    this.asked.push(request);
    this.signals.push(signal);
    return this.answer;
  }
}
