/** The four screens behind the tabs, in their order. */
export const SCREENS = ['channels', 'deck', 'recordings', 'settings'] as const;
export type Screen = (typeof SCREENS)[number];
