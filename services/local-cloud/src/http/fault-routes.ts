import type { IncomingMessage } from 'node:http';
import { localFault } from '@omni/contracts/local-cloud-faults.ts';
import type { FaultBook } from '../faults/fault-book.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import { readJson } from './read-json.ts';

/** `GET` lists the faults that are on, `POST` adds one, `DELETE` removes one (`?id=`) or all. */
export async function faultRoutes(
  faults: FaultBook,
  request: IncomingMessage,
  parameters: URLSearchParams,
): Promise<Answer> {
  switch (request.method) {
    case 'GET':
      return { status: 200, body: faults.list() };
    case 'POST':
      return addFault(faults, await readJson(request));
    case 'DELETE': {
      const id = parameters.get('id');
      if (id === null) faults.clear();
      else faults.remove(id);
      return { status: 200, body: faults.list() };
    }
    default:
      return problem(405, 'method_not_allowed', 'Only GET, POST and DELETE are served');
  }
}

function addFault(faults: FaultBook, body: unknown): Answer {
  const parsed = localFault.safeParse(body);
  if (!parsed.success) return problem(400, 'invalid_request', parsed.error.message);
  return { status: 201, body: faults.add(parsed.data) };
}
