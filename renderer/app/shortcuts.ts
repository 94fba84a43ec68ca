import { SCREENS, type Screen } from './screens.ts';

/** Actions of shortcuts that work anywhere in the window. */
export type ShortcutAction =
  | { readonly kind: 'open'; readonly screen: Screen }
  | {
      readonly kind:
        'record' | 'stop' | 'pause' | 'mark' | 'mark-with-note' | 'find' | 'save' | 'say-state';
    };

type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'repeat'
>;

/** The action of that key press; null when it has none. `isMac` takes Cmd for Ctrl. */
export function shortcutOf(press: KeyPress, isMac: boolean): ShortcutAction | null {
  const command = isMac ? press.metaKey : press.ctrlKey;
  if (!command || press.altKey) return null;
  const key = press.key.toLowerCase();
  if (key === 'r') return { kind: press.shiftKey ? 'stop' : 'record' };
  if (key === 'p' && press.shiftKey && !press.repeat) return { kind: 'pause' };
  if (press.shiftKey) return null;
  const screen = SCREENS[Number(key) - 1];
  if (screen !== undefined) return { kind: 'open', screen };
  switch (key) {
    case ',':
      return { kind: 'open', screen: 'settings' };
    case 'f':
      return { kind: 'find' };
    case 's':
      return { kind: 'save' };
    case 'i':
      return { kind: 'say-state' };
    default:
      return null;
  }
}

/** The action of a letter without Ctrl, for when no text is typed; null when it has none. */
export function letterActionOf(press: KeyPress): ShortcutAction | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.repeat) return null;
  if (press.key.toLowerCase() !== 'm') return null;
  return { kind: press.shiftKey ? 'mark-with-note' : 'mark' };
}
