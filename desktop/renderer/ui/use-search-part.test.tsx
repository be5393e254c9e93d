import { act, cleanup, renderHook } from '@testing-library/react';
import type { ReactElement, ReactNode } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { useSearchPart } from './use-search-part.ts';

function wrapper({ children }: { readonly children: ReactNode }): ReactElement {
  return <Router hook={useHashLocation}>{children}</Router>;
}

beforeEach(() => {
  history.replaceState(null, '', '/?action=test#/latency');
});
afterEach(cleanup);

it('changes and empties the search part beside a hash, the path stays', () => {
  const { result } = renderHook(() => useSearchPart(), { wrapper });
  expect(result.current.search.get('action')).toBe('test');
  act(() => {
    result.current.replace(new URLSearchParams({ range: '5m' }));
  });
  expect([location.search, location.hash]).toEqual(['?range=5m', '#/latency']);
  act(() => {
    result.current.replace(new URLSearchParams());
  });
  expect([location.search, location.hash]).toEqual(['', '#/latency']);
  expect([...result.current.search]).toEqual([]);
});
