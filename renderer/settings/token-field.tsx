import { CircleCheck, KeyRound, LoaderCircle } from 'lucide-react';
import { useContext, useEffect, useId, useState, type ReactNode, type SubmitEvent } from 'react';
import { cleanToken } from '../../preload/contract/bot-token.ts';
import { useCommand, useLevel, useSnapshot } from '../bridge/use-bridge.ts';
import { AnnouncerContext } from '../ui/announcer.tsx';
import { classNames } from '../ui/class-names.ts';
import { clock } from '../ui/figures.ts';
import { Key } from '../ui/key.tsx';
import { Picture } from '../ui/picture.tsx';
import { problemText, text, type AnyProblem } from '../ui/text.tsx';
import { isWholeToken } from './token.ts';
import styles from './token-field.module.css';

/** A complete token is checked after this pause in typing. */
const PAUSE_MS = 400;

const INCOMPLETE: AnyProblem = { code: 'token-incomplete', details: {} };

/** The bot's token with its live check, and the key that goes on once it is good. */
export function TokenField({ onContinue }: { readonly onContinue: () => void }): ReactNode {
  const { account, keyStoreAvailable, session, waitSeconds } = useSnapshot();
  const samples = useLevel((levels) => levels.samples);
  const signIn = useCommand('account.sign-in');
  const announcer = useContext(AnnouncerContext);
  const id = useId();
  const [token, setToken] = useState('');
  const [checked, setChecked] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<AnyProblem | null>(null);
  const [eager, setEager] = useState(false);

  const checking = account.kind === 'signing-in' && !account.demo;
  const good = account.kind === 'signed-in' && !account.demo;
  const answered = account.kind === 'signed-out' ? account.problem : null;
  const problem = refusal ?? (token === '' || token === checked ? answered : null);
  const reason = problem === null || checking || good ? null : problemText(problem);
  const endedRecording =
    session.kind === 'idle' && problem !== null && session.problem?.code === problem.code;
  const sentence =
    reason !== null && endedRecording && samples > 0
      ? text('ended.other', { sentence: reason, time: clock(samples) })
      : reason;

  useEffect(() => {
    const whole = cleanToken(token);
    if (!isWholeToken(whole) || token === checked) return;
    const timer = window.setTimeout(() => {
      setChecked(token);
      void signIn({ token: whole }).then((answer) => {
        if (!answer.ok) setRefusal(answer.problem);
      });
    }, PAUSE_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [token, checked, signIn]);
  useEffect(() => {
    if (good && eager) onContinue();
  }, [good, eager, onContinue]);
  useEffect(() => {
    if (reason !== null) announcer.alert(reason);
  }, [reason, announcer]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (good) onContinue();
    else if (isWholeToken(cleanToken(token))) setEager(true);
    else setRefusal(INCOMPLETE);
  };
  const hint = keyStoreAvailable ? 'welcome.token.kept' : 'welcome.token.not-kept';
  return (
    <form className={styles['form']} onSubmit={submit}>
      <label htmlFor={id} className={styles['label']}>
        {text('welcome.token')}
      </label>
      <div className={styles['row']}>
        <div className={classNames(styles['field'], sentence !== null && styles['wrong'])}>
          <KeyRound size={18} strokeWidth={1.75} aria-hidden="true" className={styles['icon']} />
          <input
            id={id}
            type="password"
            autoComplete="off"
            spellCheck={false}
            placeholder={text('welcome.token.placeholder')}
            value={token}
            readOnly={checking || good}
            aria-invalid={sentence !== null}
            aria-describedby={`${id}-hint`}
            onChange={({ target }) => {
              setToken(target.value);
              setRefusal(null);
              setEager(false);
            }}
            className={styles['input']}
          />
          {checking && (
            <span className={styles['state']}>
              <LoaderCircle size={18} strokeWidth={1.75} className={styles['spinner']} />
              {text('welcome.token.checking')}
            </span>
          )}
          {good && (
            <span className={styles['state']}>
              <Picture name={account.name} who="bot" size={24} />
              <bdi className={styles['bot']}>{account.name}</bdi>
              <CircleCheck
                size={18}
                strokeWidth={1.75}
                aria-hidden="true"
                className={styles['tick']}
              />
            </span>
          )}
        </div>
        <Key type="submit" look="main" size="large">
          {text('welcome.continue')}
        </Key>
      </div>
      <p
        id={`${id}-hint`}
        className={classNames(styles['hint'], sentence !== null && styles['error'])}
      >
        {sentence ??
          (checking && waitSeconds !== null
            ? text('app.wait', { seconds: waitSeconds })
            : text(hint))}
      </p>
    </form>
  );
}
