import type { CSSProperties } from 'react';

/** A style attribute that may set custom properties. */
export type StyleWithVariables = CSSProperties & Readonly<Record<`--${string}`, string>>;
