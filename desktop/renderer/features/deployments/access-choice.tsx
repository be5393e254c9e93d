import type { ReactElement } from 'react';
import type { TargetKind } from '../../../shared/domain/target.ts';
import { ChoiceQuestion } from './choice-question.tsx';

interface AccessChoiceProps {
  readonly service: string;
  readonly target: TargetKind;
  readonly isPublic: boolean;
  readonly onChange: (isPublic: boolean) => void;
}

/** What each answer brings with it, by who asks: the internet, or this machine. */
function consequences(service: string, target: TargetKind): { open: string; closed: string } {
  if (target === 'local') {
    return {
      open: 'Every program on this machine can call it. The gateway still asks for a key.',
      closed:
        'Calls without the local cloud’s token get 403, the console’s too: nothing is verified.',
    };
  }
  return service === 'gateway'
    ? {
        open: 'The whole internet reaches its address; each call still needs an API key.',
        closed:
          'Google answers everybody else with 403, with an API key too; the console as well: it takes the platform’s word that the revision serves.',
      }
    : {
        open: 'The whole internet reaches its address; only the gateway’s signature holds strangers off.',
        closed:
          'Meant for a backend: grant the gateway’s account roles/run.invoker and set its UPSTREAM_AUTH to google-id-token. The console gets 403 too: it takes the platform’s word that the revision serves.',
      };
}

/** What a first deploy asks before anything else: who will be able to call the service? */
export function AccessChoice(props: AccessChoiceProps): ReactElement {
  const { service, target, isPublic, onChange } = props;
  const { open, closed } = consequences(service, target);
  const choices = [
    { value: true, title: 'Anyone', text: open },
    { value: false, title: 'Only callers with the invoker role', text: closed },
  ];
  return (
    <ChoiceQuestion
      question={`This is the first deploy of the ${service}. Who may call it?`}
      choices={choices}
      value={isPublic}
      onChange={onChange}
    />
  );
}
