import { createContext } from 'react';

/** Which marker's note is being typed, and how to begin and end that. */
export interface OpenNote {
  /** Null while no note is typed. */
  readonly marker: number | null;
  readonly open: (marker: number) => void;
  readonly close: () => void;
}

/** Marker key, shortcut and status line open the field; the strip shows it. */
export const OpenNoteContext = createContext<OpenNote>({
  marker: null,
  open: () => undefined,
  close: () => undefined,
});
