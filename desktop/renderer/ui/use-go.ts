import { useLocation } from 'wouter';

/**
 * Navigates to a path, with `?action=` and the like if given. The search part lives beside the hash
 * and would survive a change of the path, so it is always set, empty if need be.
 */
export function useGo(): (path: string) => void {
  const [, navigate] = useLocation();
  return (path) => {
    navigate(path.includes('?') ? path : `${path}?`);
  };
}
