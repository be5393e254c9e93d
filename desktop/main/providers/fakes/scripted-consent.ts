import type { ConsentRequest, OperatorConsent } from '../../ports/operator-consent.ts';

/** An operator who answers as scripted and remembers what was asked. */
export class ScriptedConsent implements OperatorConsent {
  readonly asked: ConsentRequest[] = [];
  answer = true;

  async ask(request: ConsentRequest): Promise<boolean> {
    await Promise.resolve();
    this.asked.push(request);
    return this.answer;
  }
}
