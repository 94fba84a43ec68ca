import type { ReactNode } from 'react';
import { useSnapshot } from '../bridge/use-bridge.ts';
import { classNames } from '../ui/class-names.ts';
import { Mark } from '../ui/mark.tsx';
import { Picture } from '../ui/picture.tsx';
import { text } from '../ui/text.tsx';
import styles from './app-bar.module.css';
import { SCREENS, type Screen } from './screens.ts';

interface AppBarProps {
  readonly screen: Screen;
  readonly onOpen: (screen: Screen) => void;
}

/** The mark, the four screens, and which bot is signed in. */
export function AppBar({ screen, onOpen }: AppBarProps): ReactNode {
  const { session } = useSnapshot();
  const recording = session.kind === 'recording' || session.kind === 'stopping';
  const state = recording && session.pausedAtSamples !== null ? 'paused' : 'recording';
  return (
    <header className={styles['bar']}>
      <span className={styles['brand']}>
        <Mark />
        <span className={styles['wordmark']}>{text('app.name')}</span>
      </span>
      <nav className={styles['tabs']} aria-label={text('nav.label')}>
        {SCREENS.map((one) => (
          <button
            key={one}
            type="button"
            aria-current={one === screen ? 'page' : undefined}
            className={styles['tab']}
            onClick={() => {
              onOpen(one);
            }}
          >
            {text(`nav.${one}`)}
            {one === 'deck' && recording && (
              <span
                className={classNames(styles['dot'], styles[state])}
                role="img"
                aria-label={text(`nav.${state}`)}
              />
            )}
          </button>
        ))}
      </nav>
      <Account />
    </header>
  );
}

function Account(): ReactNode {
  const { account } = useSnapshot();
  if (account.kind !== 'signed-in') return null;
  const retrying = account.connection === 'retrying';
  return (
    <div className={styles['account']}>
      <Picture name={account.name} who="bot" size={24} />
      <bdi className={styles['name']}>{account.name}</bdi>
      {account.demo && <span className={styles['demo']}>{text('account.demo')}</span>}
      <span className={classNames(styles['state'], retrying && styles['caution'])}>
        {text(retrying ? 'account.retrying' : 'account.signed-in')}
      </span>
    </div>
  );
}
