import { useEffect, useEffectEvent } from 'react';
import { useLocation, useSearch } from 'wouter';

/**
 * Hands the query of the address to a screen, for example `?action=deploy&service=gateway`. When the
 * screen has understood it, it is taken out of the address: the same link works again, and going back
 * doesn't open a dialog.
 *
 * @param onLink says whether it understood the query
 */
export function useActionLink(onLink: (query: URLSearchParams) => boolean): void {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const follow = useEffectEvent((query: URLSearchParams) => {
    if (onLink(query)) navigate(`${path}?`, { replace: true });
  });
  useEffect(() => {
    const query = new URLSearchParams(search);
    if (query.size > 0) follow(query);
  }, [search]);
}
