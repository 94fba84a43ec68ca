import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCommand, useSnapshot } from '../bridge/use-bridge.ts';
import { Key } from '../ui/key.tsx';
import { Mark } from '../ui/mark.tsx';
import { text } from '../ui/text.tsx';
import { DemoPanel } from './demo-panel.tsx';
import { StepPicture } from './step-pictures.tsx';
import { TokenField } from './token-field.tsx';
import styles from './welcome-screen.module.css';

/** The screen before sign-in: three steps to a bot, or the demo. */
export function WelcomeScreen({ onContinue }: { readonly onContinue: () => void }): ReactNode {
  return (
    <main className={styles['welcome']}>
      <div className={styles['column']}>
        <p className={styles['brand']}>
          <Mark />
          {text('app.name')}
        </p>
        <h1 className={styles['headline']}>{text('welcome.headline')}</h1>
        <p className={styles['lead']}>{text('welcome.lead')}</p>
        <div className={styles['panels']}>
          <section className={styles['own']} aria-label={text('welcome.steps')}>
            <Steps />
            <TokenField onContinue={onContinue} />
          </section>
          <DemoPanel />
        </div>
      </div>
    </main>
  );
}

function Steps(): ReactNode {
  const { account } = useSnapshot();
  const open = useCommand('link.open');
  const hasBot = account.kind === 'signed-in' && !account.demo;
  const icon = <ExternalLink size={16} strokeWidth={1.75} aria-hidden="true" />;
  return (
    <ol className={styles['steps']}>
      {(['step1', 'step2', 'step3'] as const).map((step) => (
        <li key={step} className={styles['step']}>
          <StepPicture step={step} />
          <h2 className={styles['title']}>{text(`welcome.${step}.title`)}</h2>
          <p className={styles['text']}>{text(`welcome.${step}.text`)}</p>
          {step === 'step1' && (
            <Key size="small" onPress={() => void open({ link: 'developer-portal' })}>
              {text('welcome.step1.key')}
              {icon}
            </Key>
          )}
          {step === 'step3' && (
            <Key size="small" isDisabled={!hasBot} onPress={() => void open({ link: 'invite' })}>
              {text('welcome.step3.key')}
              {icon}
            </Key>
          )}
        </li>
      ))}
    </ol>
  );
}
