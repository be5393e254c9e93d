import type { ReactElement } from 'react';

/** The product's mark: rounded square, rising line. On the pixel grid at 16 and 20 px. */
export function BrandMark(): ReactElement {
  return (
    <svg className="brand-mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <rect width="20" height="20" rx="5" fill="var(--accent)" />
      <path
        d="M4 13.5 7.6 8.8l3 3L16 5.8"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
