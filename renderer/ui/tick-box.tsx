import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { CheckboxButton, CheckboxField } from 'react-aria-components';
import styles from './tick-box.module.css';

interface TickBoxProps {
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly children: ReactNode;
}

/** A tick box with its label; the whole line can be pressed. */
export function TickBox({ isSelected, onChange, children }: TickBoxProps): ReactNode {
  return (
    <CheckboxField isSelected={isSelected} onChange={onChange} className={styles['field'] ?? ''}>
      <CheckboxButton className={styles['button'] ?? ''}>
        <span className={styles['box']} aria-hidden="true">
          {isSelected && <Check size={16} strokeWidth={2.25} />}
        </span>
        {children}
      </CheckboxButton>
    </CheckboxField>
  );
}
