import { Search, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Input, SearchField as AriaSearchField } from 'react-aria-components';
import styles from './search-field.module.css';

interface SearchFieldProps {
  readonly label: string;
  readonly clearLabel: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A field that filters the list below it; Ctrl+F focuses it. */
export function SearchField(props: SearchFieldProps): ReactNode {
  return (
    <AriaSearchField
      aria-label={props.label}
      value={props.value}
      onChange={props.onChange}
      className={styles['field'] ?? ''}
    >
      <Search size={18} strokeWidth={1.75} aria-hidden="true" className={styles['icon']} />
      <Input data-find placeholder={props.label} className={styles['input'] ?? ''} />
      {props.value === '' ? (
        <kbd className={styles['hint']}>Ctrl F</kbd>
      ) : (
        <Button aria-label={props.clearLabel} className={styles['clear'] ?? ''}>
          <X size={16} strokeWidth={1.75} aria-hidden="true" />
        </Button>
      )}
    </AriaSearchField>
  );
}
