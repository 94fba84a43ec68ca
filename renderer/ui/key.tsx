import type { ReactNode, Ref } from 'react';
import { Button, type ButtonProps } from 'react-aria-components';
import { classNames } from './class-names.ts';
import styles from './key.module.css';

interface KeyProps extends Omit<ButtonProps, 'className' | 'children' | 'style'> {
  readonly children: ReactNode;
  /** `main` is the page's own main action; `glass` stands on the display; `bare` has no edge until hovered. */
  readonly look?: 'plain' | 'main' | 'glass' | 'bare' | 'caution';
  readonly size?: 'small' | 'normal' | 'large' | 'icon';
  readonly wide?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A key that moves down by a pixel when pressed. */
export function Key({
  children,
  look = 'plain',
  size = 'normal',
  wide = false,
  ...button
}: KeyProps): ReactNode {
  return (
    <Button
      {...button}
      className={classNames(styles['key'], styles[look], styles[size], wide && styles['wide'])}
    >
      {children}
    </Button>
  );
}
