import { useLocation, useSearch } from 'wouter';

interface SearchPart {
  readonly search: URLSearchParams;
  /** Puts another search part beside the same path, in place of this entry of the history. */
  readonly replace: (search: URLSearchParams) => void;
}

/**
 * The search part of the address. The router's own hook leaves the `?` out when nothing is behind it,
 * and beside a hash that means: keep the old one. So the `?` is always there.
 */
export function useSearchPart(): SearchPart {
  const [path, navigate] = useLocation();
  const search = new URLSearchParams(useSearch());
  return {
    search,
    replace: (next) => {
      navigate(`${path}?${next.toString()}`, { replace: true });
    },
  };
}
