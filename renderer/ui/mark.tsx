import type { ReactNode } from 'react';

/** The mark: two reels on one tape line. */
export function Mark(): ReactNode {
  return (
    <svg width="34" height="16" viewBox="0 0 34 16" aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="1.75">
        <circle cx="7.75" cy="7.75" r="6.75" />
        <circle cx="26.25" cy="7.75" r="6.75" />
        <path d="M7.75 14.5h18.5" />
      </g>
      <circle cx="7.75" cy="7.75" r="2.25" fill="currentColor" />
      <circle cx="26.25" cy="7.75" r="2.25" fill="currentColor" />
    </svg>
  );
}
