import type { ReactNode } from 'react';
import { Heading } from 'react-aria-components';
import type {
  EncryptionSnapshot,
  PrivacyCodeSnapshot,
  RecordingSessionSnapshot,
} from '../../preload/contract/snapshot.ts';
import { secondsOfPackets, timeOfDay } from '../ui/figures.ts';
import { text } from '../ui/text.tsx';
import { CopyCodeKey } from './copy-code-key.tsx';
import type { EncryptionState } from './encryption.ts';
import styles from './encryption-details.module.css';
import { PrivacyCode, PrivacyCodeStart } from './privacy-code.tsx';

interface EncryptionDetailsProps {
  readonly session: RecordingSessionSnapshot;
  readonly state: EncryptionState;
}

/** What the encryption badge opens: who cannot be decrypted, the call's code, and the codes before it. */
export function EncryptionDetails({ session, state }: EncryptionDetailsProps): ReactNode {
  const { encryption } = session;
  const failing = state.kind === 'failing' ? state : null;
  const current = encryption.kind === 'on' ? (encryption.codes.at(-1) ?? null) : null;
  const hasHistory = 'codes' in encryption && encryption.codes.length > 0;
  return (
    <>
      {failing !== null && (
        <section className={styles['part']}>
          <Heading slot="title" level={2} className={styles['title'] ?? ''}>
            {text('badge.failing')}
          </Heading>
          <FailingPeople people={failing.people} />
          <p className={styles['text']}>{text('failing.text')}</p>
        </section>
      )}
      {current !== null && <CurrentCode code={current} isTitle={failing === null} />}
      {current === null && failing === null && (
        <Heading slot="title" level={2} className={styles['only'] ?? ''}>
          {text('badge.setting-up')}
        </Heading>
      )}
      {hasHistory && <CodeHistory encryption={encryption} />}
    </>
  );
}

function FailingPeople({
  people,
}: Pick<Extract<EncryptionState, { kind: 'failing' }>, 'people'>): ReactNode {
  return (
    <ul className={styles['people']}>
      {people.map(({ userId, track, name, undecryptablePackets }) => (
        <li key={userId ?? track} className={styles['person']}>
          <bdi className={styles['name']} title={name}>
            {name}
          </bdi>
          <span className={styles['figure']}>
            {undecryptablePackets > 0
              ? text('failing.person', { seconds: secondsOfPackets(undecryptablePackets) })
              : text(track === null ? 'failing.person.unheard' : 'failing.person.none')}
          </span>
        </li>
      ))}
    </ul>
  );
}

function CurrentCode({
  code,
  isTitle,
}: {
  readonly code: PrivacyCodeSnapshot;
  readonly isTitle: boolean;
}): ReactNode {
  const title = text('code.title');
  return (
    <section className={styles['part']}>
      {isTitle ? (
        <Heading slot="title" level={2} className={styles['title'] ?? ''}>
          {title}
        </Heading>
      ) : (
        <h3 className={styles['title']}>{title}</h3>
      )}
      <div className={styles['code']}>
        <PrivacyCode code={code.code} />
        <CopyCodeKey key={code.code} />
      </div>
      <p className={styles['text']}>{text('code.text')}</p>
    </section>
  );
}

function CodeHistory({
  encryption: { codes, hasOlderCodes },
}: {
  readonly encryption: Extract<EncryptionSnapshot, { kind: 'on' | 'setting-up' }>;
}): ReactNode {
  return (
    <section className={styles['part']}>
      <ol className={styles['history']}>
        {codes
          .map(({ code, sinceMs }, index) => (
            <li key={`${String(sinceMs)} ${code}`} className={styles['change']}>
              <span>
                {text(index === 0 && !hasOlderCodes ? 'code.first' : 'code.changed', {
                  time: timeOfDay(sinceMs),
                })}
              </span>
              <span>
                <PrivacyCodeStart code={code} />
              </span>
            </li>
          ))
          .reverse()}
      </ol>
      {(codes.length > 1 || hasOlderCodes) && (
        <p className={styles['text']}>
          {text('code.history')} {hasOlderCodes && text('code.older')}
        </p>
      )}
    </section>
  );
}
