import type { ReactNode } from 'react';
import { Label, RadioButton, RadioField, RadioGroup } from 'react-aria-components';
import styles from './segments.module.css';

interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

/** A few choices side by side, of which one is chosen. */
export function Segments<Value extends string>(props: SegmentsProps<Value>): ReactNode {
  return (
    <RadioGroup
      orientation="horizontal"
      value={props.value}
      onChange={(value) => {
        const option = props.options.find((one) => one.value === value);
        if (option !== undefined) props.onChange(option.value);
      }}
      className={styles['group'] ?? ''}
    >
      <Label className={styles['label'] ?? ''}>{props.label}</Label>
      <div className={styles['row']}>
        {props.options.map(({ value, label }) => (
          <RadioField key={value} value={value} className={styles['field'] ?? ''}>
            <RadioButton className={styles['segment'] ?? ''}>{label}</RadioButton>
          </RadioField>
        ))}
      </div>
    </RadioGroup>
  );
}
