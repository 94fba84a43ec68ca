import { UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import type { StyleWithVariables } from './css-variables.ts';
import { initials, personColour } from './person.ts';
import styles from './picture.module.css';

interface PictureProps {
  readonly name: string;
  /** Order of first appearance; servers and the bot have a grey of their own. */
  readonly who: number | 'server' | 'bot';
  /** Side in pixels. */
  readonly size: number;
  /** 60 %: somebody who left. */
  readonly faded?: boolean;
}

/** A square with a person's initials. Hidden from screen readers, as the name is always beside it. */
export function Picture({ name, who, size, faded = false }: PictureProps): ReactNode {
  const letters = initials(name);
  const style: StyleWithVariables = {
    '--side': `${String(size)}px`,
    '--letters': `${String(letterSize(size))}px`,
    '--corner': size >= 28 ? '5px' : size >= 22 ? '4px' : '3px',
    '--fill': typeof who === 'number' ? `var(--person-${String(personColour(who).number)})` : '',
  };
  return (
    <span
      aria-hidden="true"
      className={classNames(
        styles['picture'],
        typeof who === 'string' && styles[who],
        faded && styles['faded'],
      )}
      style={style}
    >
      {letters === '' ? <UserRound size={Math.round(size * 0.6)} strokeWidth={1.75} /> : letters}
    </span>
  );
}

function letterSize(side: number): number {
  if (side >= 40) return 15;
  if (side >= 32) return 13;
  if (side >= 28) return 11.5;
  return side >= 22 ? 11 : 9;
}
