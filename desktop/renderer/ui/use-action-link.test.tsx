import { cleanup, screen } from '@testing-library/react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { afterEach, expect, it } from 'vitest';
import { renderConsole } from '../testing/render-console.tsx';
import { useActionLink } from './use-action-link.ts';

afterEach(cleanup);

function Listener(): ReactElement {
  const [heard, setHeard] = useState<readonly string[]>([]);
  useActionLink((query) => {
    setHeard((before) => [...before, query.toString()]);
    return query.has('action');
  });
  return <p>{`heard: ${heard.join(' ')}`}</p>;
}

it('hands the query over once and leaves the bare path in the address', () => {
  const { history } = renderConsole(<Listener />, { path: '/keys?action=create' });
  expect(screen.getByText('heard: action=create')).toBeDefined();
  expect(history.at(-1)).toBe('/keys?');
});

it('leaves a query alone that the screen did not understand', () => {
  const { history } = renderConsole(<Listener />, { path: '/keys?scenario=full' });
  expect(screen.getByText('heard: scenario=full')).toBeDefined();
  expect(history).toEqual(['/keys?scenario=full']);
});

it('says nothing without a query', () => {
  const { history } = renderConsole(<Listener />, { path: '/keys' });
  expect(screen.getByText('heard:')).toBeDefined();
  expect(history).toEqual(['/keys']);
});
