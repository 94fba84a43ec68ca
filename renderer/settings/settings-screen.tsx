import { Copy, Save } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { useCommand, useLibrary, useSnapshot } from '../bridge/use-bridge.ts';
import { classNames } from '../ui/class-names.ts';
import { DoneKey } from '../ui/done-key.tsx';
import { size } from '../ui/figures.ts';
import { Key } from '../ui/key.tsx';
import { ScreenTitle } from '../ui/screen-title.tsx';
import { text } from '../ui/text.tsx';
import styles from './settings-screen.module.css';

const SECTIONS = ['bot', 'storage', 'appearance', 'about'] as const;
type Section = (typeof SECTIONS)[number];

/** Account, folder, and what this program is. */
export function SettingsScreen(): ReactNode {
  const snapshot = useSnapshot();
  const copyDiagnostics = useCommand('diagnostics.copy');
  const saveReport = useCommand('diagnostics.save');
  const [notSaved, setNotSaved] = useState(false);
  const content = useRef<HTMLElement>(null);
  const [current, setCurrent] = useState<Section>('bot');
  const open = (section: Section) => {
    setCurrent(section);
    const target = content.current?.querySelector(`[data-section="${section}"]`);
    target?.scrollIntoView({ block: 'start' });
  };
  return (
    <div className={styles['screen']}>
      <nav className={styles['sections']} aria-label={text('settings.title')}>
        {SECTIONS.map((section) => (
          <button
            key={section}
            type="button"
            aria-current={section === current ? 'true' : undefined}
            className={classNames(styles['section'], section === current && styles['current'])}
            onClick={() => {
              open(section);
            }}
          >
            {text(`settings.${section}`)}
          </button>
        ))}
      </nav>
      <main ref={content} className={styles['content']}>
        <div className={styles['column']}>
          <div className="spoken">
            <ScreenTitle>{text('settings.title')}</ScreenTitle>
          </div>
          <BotSection snapshot={snapshot} />
          <StorageSection snapshot={snapshot} />
          <Block section="appearance">
            <Row
              title={text('settings.appearance.theme')}
              help={text('settings.appearance.theme.text')}
            />
          </Block>
          <Block section="about">
            <Row
              title={text('settings.about.version', { version: snapshot.appVersion })}
              help={text('settings.about.version.text')}
            />
            <Row
              title={text('settings.about.diagnostics')}
              help={text('settings.about.diagnostics.text')}
            >
              <DoneKey
                icon={Copy}
                label={text('settings.about.diagnostics.copy')}
                done={text('settings.about.diagnostics.copied')}
                act={async () => (await copyDiagnostics({})).ok}
              />
            </Row>
            <Row
              title={text('settings.about.report')}
              help={text(notSaved ? 'settings.about.report.failed' : 'settings.about.report.text')}
            >
              <DoneKey
                icon={Save}
                label={text('settings.about.report.save')}
                done={text('settings.about.report.saved')}
                act={async () => {
                  const answer = await saveReport({});
                  setNotSaved(!answer.ok);
                  return answer.ok && answer.saved;
                }}
              />
            </Row>
            <Texts />
          </Block>
        </div>
      </main>
    </div>
  );
}

/** What is shipped to be read: each opens in the system's own viewer. */
const TEXTS = [
  { name: 'privacy', text: 'privacy' },
  { name: 'policy', text: 'privacy-policy-template' },
  { name: 'licences', text: 'licences' },
] as const;

function Texts(): ReactNode {
  const openText = useCommand('text.open');
  return TEXTS.map(({ name, text: file }) => (
    <Row
      key={name}
      title={text(`settings.about.${name}`)}
      help={text(`settings.about.${name}.text`)}
    >
      <Key size="small" onPress={() => void openText({ text: file })}>
        {text(`settings.about.${name}.key`)}
      </Key>
    </Row>
  ));
}

function BotSection({
  snapshot: { account, session, keyStoreAvailable },
}: {
  readonly snapshot: Snapshot;
}): ReactNode {
  const signOut = useCommand('account.sign-out');
  const openLink = useCommand('link.open');
  if (account.kind !== 'signed-in') return null;
  const recording = session.kind !== 'idle';
  const kept = keyStoreAvailable
    ? text('settings.bot.account.text')
    : text('settings.bot.account.text.not-kept');
  const help = account.demo ? text('settings.bot.account.text.demo') : kept;
  return (
    <Block section="bot">
      <Row
        title={text('settings.bot.account', { name: account.name })}
        help={recording ? text('settings.bot.sign-out.recording') : help}
      >
        <Key size="small" isDisabled={recording} onPress={() => void signOut({})}>
          {text('settings.bot.sign-out')}
        </Key>
      </Row>
      {!account.demo && (
        <Row title={text('settings.bot.invite')} help={text('settings.bot.invite.text')}>
          <Key size="small" onPress={() => void openLink({ link: 'invite' })}>
            {text('settings.bot.invite.key')}
          </Key>
        </Row>
      )}
    </Block>
  );
}

function StorageSection({
  snapshot: { libraryFolder, disk },
}: {
  readonly snapshot: Snapshot;
}): ReactNode {
  const showFolder = useCommand('library.show-folder');
  const recordings = useLibrary();
  const used = size(recordings.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const help =
    disk === null
      ? text('settings.storage.used.unknown', { folder: libraryFolder, size: used })
      : text('settings.storage.used', {
          folder: libraryFolder,
          size: used,
          free: size(disk.freeBytes),
        });
  return (
    <Block section="storage">
      <Row title={text('settings.storage.folder')} help={help}>
        <Key size="small" onPress={() => void showFolder({})}>
          {text('settings.storage.show')}
        </Key>
      </Row>
    </Block>
  );
}

function Block({
  section,
  children,
}: {
  readonly section: Section;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section data-section={section} className={styles['block']}>
      <h2 className={styles['heading']}>{text(`settings.${section}`)}</h2>
      {children}
    </section>
  );
}

interface RowProps {
  readonly title: string;
  readonly help: string;
  readonly children?: ReactNode;
}

function Row({ title, help, children }: RowProps): ReactNode {
  return (
    <div className={styles['row']}>
      <div className={styles['words']}>
        <h3 className={styles['title']}>{title}</h3>
        <p className={styles['help']}>{help}</p>
      </div>
      {children}
    </div>
  );
}
