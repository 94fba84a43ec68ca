/** The names of one invented person; `globalName` and `nick` (in the guild) are null when there is none. */
export interface PersonName {
  readonly username: string;
  readonly globalName: string | null;
  readonly nick: string | null;
}

/** The four voices of assets/demo-speech, in the order in which they first speak. */
export const VOICES = ['maya', 'theo', 'priya', 'callum'] as const;
export type Voice = (typeof VOICES)[number] | 'beep';

const FRIENDS: readonly PersonName[] = [
  { username: 'maya.reels', globalName: 'Maya', nick: null },
  { username: 'theo_b_side', globalName: 'Theo Lindqvist', nick: 'Theo' },
  { username: 'priya', globalName: null, nick: null },
  { username: 'callum.mac', globalName: 'Callum', nick: 'Callum 🎚️' },
];

/** Names that file names and layouts fail at: long, emoji, right to left, reserved on Windows, with slashes and dots. */
const OTHERS: readonly PersonName[] = [
  { username: 'yuki_t', globalName: '高橋ゆき', nick: null },
  { username: 'noam', globalName: 'נועם לוי', nick: null },
  { username: 'layla', globalName: 'ليلى حسن', nick: null },
  { username: 'marathon', globalName: 'The Person Whose Name Is Exactly Too Long', nick: null },
  { username: 'zoe', globalName: 'Zoë', nick: 'Zoe\u0308 👩🏽‍🚀' },
  { username: 'con', globalName: 'CON', nick: null },
  { username: 'slashes', globalName: 'AC/DC \\ <3: "live"?*|', nick: null },
  { username: 'dots', globalName: '...', nick: null },
  { username: 'olena', globalName: 'Олена Бондар', nick: null },
  { username: 'minjun', globalName: '김민준', nick: '민준 🎧' },
  { username: 'ana', globalName: 'Ana 🇧🇷', nick: null },
  { username: 'maya', globalName: 'Maya', nick: null },
  { username: 'astrid', globalName: 'Åstrid Ødegård', nick: null },
  { username: 'trailing', globalName: 'ends in a dot.', nick: null },
  { username: 'family', globalName: '👨‍👩‍👧‍👦', nick: null },
  { username: 'xiaoming', globalName: '小明', nick: null },
];

/** Name of the person with that number, from 0: four friends, sixteen odd names, then guests by number. */
export function personName(index: number): PersonName {
  const known = [...FRIENDS, ...OTHERS][index];
  if (known !== undefined) return known;
  const number = String(index + 1);
  return { username: `guest_${number}`, globalName: `Guest ${number}`, nick: null };
}
