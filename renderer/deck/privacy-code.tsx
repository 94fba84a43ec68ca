import type { ReactNode } from 'react';
import { text } from '../ui/text.tsx';
import { codeGroups } from './encryption.ts';
import styles from './privacy-code.module.css';

/** Six groups of five digits in two rows; screen readers read each digit. */
export function PrivacyCode({ code }: { readonly code: string }): ReactNode {
  const groups = codeGroups(code);
  const rows = [groups.slice(0, 3).join(' '), groups.slice(3).join(' ')];
  return (
    <p className={styles['whole']}>
      <bdi dir="ltr" aria-hidden="true" className={styles['digits']}>
        {rows.map((row, index) => (
          <span key={index} className={styles['row']}>
            {row}
            {index === 0 && ' '}
          </span>
        ))}
      </bdi>
      <span className="spoken">{groups.map(digitByDigit).join(', ')}</span>
    </p>
  );
}

/** The first ten digits of the code. */
export function PrivacyCodeStart({ code }: { readonly code: string }): ReactNode {
  const groups = codeGroups(code).slice(0, 2);
  return (
    <>
      <bdi dir="ltr" aria-hidden="true" className={styles['start']}>
        {groups.join(' ')} …
      </bdi>
      <span className="spoken">
        {groups.map(digitByDigit).join(', ')} {text('badge.code.more')}
      </span>
    </>
  );
}

/** digits with spaces, so that screen readers do not read a number. */
function digitByDigit(group: string): string {
  return group.split('').join(' ');
}
