import { useEffect, useState, type ReactNode } from 'react';
import '@fontsource-variable/archivo/standard.css';
import '@fontsource/b612-mono/400.css';
import { ConnectionContext, useFirstSnapshot } from '../bridge/use-bridge.ts';
import type { Connection } from '../bridge/connection.ts';
import { WelcomeScreen } from '../settings/welcome-screen.tsx';
import { Announcer, AnnouncerContext, LiveRegions } from '../ui/announcer.tsx';
import '../ui/tokens.css';
import '../ui/base.css';
import { Mark } from '../ui/mark.tsx';
import { text } from '../ui/text.tsx';
import { announceSession } from './announcements.ts';
import styles from './app.module.css';
import { MainWindow } from './main-window.tsx';

/** The whole window over one connection to the engine. */
export function App({ connection }: { readonly connection: Connection }): ReactNode {
  const [announcer] = useState(() => new Announcer());
  useEffect(() => announceSession(connection, announcer), [connection, announcer]);
  return (
    <ConnectionContext value={connection}>
      <AnnouncerContext value={announcer}>
        <Start />
        <LiveRegions announcer={announcer} />
      </AnnouncerContext>
    </ConnectionContext>
  );
}

/** The welcome screen until a bot is signed in and, when the token was typed there, until Continue is pressed. */
function Start(): ReactNode {
  const snapshot = useFirstSnapshot();
  const [greeted, setGreeted] = useState(false);
  const [seenSignedOut, setSeenSignedOut] = useState(false);
  const account = snapshot?.account;
  if (account?.kind === 'signed-out' && (!seenSignedOut || greeted)) {
    setSeenSignedOut(true);
    setGreeted(false);
  }
  if (account === undefined || (account.kind === 'signing-in' && !seenSignedOut)) {
    return (
      <main className={styles['splash']} aria-busy="true">
        <Mark />
        <h1 className={styles['signing']}>{text('app.signing-in')}</h1>
        {snapshot !== null && snapshot.waitSeconds !== null && (
          <p role="status">{text('app.wait', { seconds: snapshot.waitSeconds })}</p>
        )}
      </main>
    );
  }
  const known = account.kind === 'signed-in' && (account.demo || greeted || !seenSignedOut);
  if (known) return <MainWindow />;
  return (
    <WelcomeScreen
      onContinue={() => {
        setGreeted(true);
      }}
    />
  );
}
