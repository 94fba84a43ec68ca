/** Four people of a small call. */
export const FEW = ['Mara', 'Okke van Dijk', 'Dr. Fennimore', 'Juniper 🌿'];

/** 25 people with names of many lengths and scripts. */
export const MANY = [
  ...FEW,
  'tooru_kaze',
  'Bartholomew of the Seventh Lantern Keep',
  'Sabel',
  'nightjar',
  '高橋みなみ（たかはし）',
  'Ilse',
  'ליאור בן־דוד',
  'Wren',
  'Old Tom',
  'Ansel',
  'Brigid 🦊🌙✨',
  '🎲🎲🎲',
  'Quill',
  'Tamsin',
  'Hobb',
  'Esme',
  'مريم الشريف',
  'Odalys',
  'Donaudampfschifffahrtsgesellschaftskapitän',
  'Zora',
  'Lumen',
];

/** The track of the person who appeared as number `index`, counted from 0. */
export function trackFile(name: string, index: number): string {
  return `tracks/${String(index + 1).padStart(2, '0')}-${name}.opus`;
}
