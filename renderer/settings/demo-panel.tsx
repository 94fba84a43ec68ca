import type { ReactNode } from 'react';
import { useCommand, useSnapshot } from '../bridge/use-bridge.ts';
import { Key } from '../ui/key.tsx';
import { Reels } from '../ui/reels.tsx';
import { text } from '../ui/text.tsx';
import styles from './demo-panel.module.css';

/** When each of four voices talks: starts and lengths in bars, of 80. */
const VOICES = [
  [
    [3, 23],
    [52, 4],
  ],
  [
    [24, 18],
    [71, 6],
  ],
  [
    [16, 4],
    [40, 26],
  ],
  [
    [9, 5],
    [63, 15],
  ],
] as const;

/** Signs in to the demo: a practice server inside the app. */
export function DemoPanel(): ReactNode {
  const { account } = useSnapshot();
  const start = useCommand('demo.start');
  const starting = account.kind === 'signing-in' && account.demo;
  return (
    <section className={styles['panel']} aria-labelledby="demo-title">
      <Reels left={0.75} right={0.35} turns={0} turnSeconds={0} recording width={134} />
      <h2 id="demo-title" className={styles['title']}>
        {text('welcome.demo.title')}
      </h2>
      <p className={styles['text']}>{text('welcome.demo.text')}</p>
      <svg className={styles['voices']} viewBox="0 0 240 88" aria-hidden="true">
        {VOICES.map((turns, lane) => (
          <Voice key={lane} lane={lane} turns={turns} />
        ))}
      </svg>
      <Key
        look="glass"
        size="large"
        wide
        isDisabled={account.kind === 'signing-in'}
        onPress={() => void start({})}
      >
        {text(starting ? 'welcome.demo.starting' : 'welcome.demo.key')}
      </Key>
    </section>
  );
}

interface VoiceProps {
  readonly lane: number;
  readonly turns: readonly (readonly [from: number, length: number])[];
}

function Voice({ lane, turns }: VoiceProps): ReactNode {
  const middle = 11 + lane * 22;
  const bars = turns.flatMap(([from, length]) =>
    Array.from({ length }, (_, index) => {
      const swell = Math.sin(((index + 0.5) / length) * Math.PI);
      const grain = Math.abs(Math.sin((from + index) * 12.9898 + lane * 4.1)) ** 2;
      const half = 1 + Math.round(swell * grain * 5);
      const x = (from + index) * 3;
      return `M${String(x)} ${String(middle - half)}h2v${String(half * 2)}h-2z`;
    }),
  );
  return (
    <g className={styles[`voice-${String(lane + 1)}`]}>
      <path d={`M0 ${String(middle - 0.5)}h240v1h-240z`} opacity="0.4" />
      <path d={bars.join('')} />
    </g>
  );
}
