import type { ReactNode } from 'react';
import styles from './step-pictures.module.css';

/** Drawn pictures of Discord's pages; the words beside them say the same. */
export function StepPicture({ step }: { readonly step: 'step1' | 'step2' | 'step3' }): ReactNode {
  return (
    <svg className={styles['picture']} viewBox="0 0 246 153" aria-hidden="true">
      <rect width="246" height="153" rx="5" className={styles['page']} />
      {step === 'step1' && <Applications />}
      {step === 'step2' && <BotPage />}
      {step === 'step3' && <Invite />}
    </svg>
  );
}

function Applications(): ReactNode {
  return (
    <>
      <Lines
        lines={[
          [17, 18, 71],
          [17, 57, 92],
          [17, 74, 61],
        ]}
      />
      <rect x="17" y="96" width="53" height="35" rx="2" className={styles['card']} />
      <rect x="78" y="96" width="53" height="35" rx="2" className={styles['card']} />
      <Press x={121} y={12} width={107} label="New Application" />
    </>
  );
}

function BotPage(): ReactNode {
  return (
    <>
      <path d="M5 0h57v153H5a5 5 0 0 1-5-5V5a5 5 0 0 1 5-5z" className={styles['side']} />
      <Lines
        lines={[
          [12, 20, 35],
          [12, 41, 29],
          [12, 61, 39],
          [78, 20, 61],
          [78, 41, 123],
        ]}
      />
      <Lines lines={[[78, 55, 92]]} />
      <rect x="8" y="75" width="47" height="19" rx="2" className={styles['item']} />
      <text x="16" y="89" className={styles['word']}>
        Bot
      </text>
      <text x="78" y="88" className={styles['word']}>
        Token
      </text>
      <Press x={78} y={99} width={88} label="Reset Token" />
    </>
  );
}

function Invite(): ReactNode {
  return (
    <>
      <rect x="53" y="10" width="140" height="134" rx="4" className={styles['card']} />
      <rect x="107" y="20" width="32" height="33" rx="5" className={styles['face']} />
      <Lines lines={[[86, 63, 74]]} />
      <rect x="68" y="80" width="110" height="20" rx="2" className={styles['side']} />
      <text x="76" y="94" className={styles['word']}>
        Your server
      </text>
      <Press x={80} y={111} width={86} label="Authorise" />
    </>
  );
}

function Lines({
  lines,
}: {
  readonly lines: readonly (readonly [x: number, y: number, width: number])[];
}): ReactNode {
  return lines.map(([x, y, width]) => (
    <rect
      key={`${String(x)} ${String(y)}`}
      x={x}
      y={y}
      width={width}
      height="6"
      rx="2"
      className={styles['line']}
    />
  ));
}

interface PressProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly label: string;
}

/** The key to press, with a ring around it and a pointer on it. */
function Press({ x, y, width, label }: PressProps): ReactNode {
  return (
    <>
      <rect x={x} y={y} width={width} height="25" rx="2" className={styles['key']} />
      <rect x={x - 4} y={y - 4} width={width + 8} height="33" rx="5" className={styles['ring']} />
      <text x={x + width / 2} y={y + 17} className={styles['label']}>
        {label}
      </text>
      <path
        d="M0 0v17l4-3.6 3 6.4 3.4-1.6-3-6.2h5.4z"
        transform={`translate(${String(x + width - 22)} ${String(y + 19)})`}
        className={styles['pointer']}
      />
    </>
  );
}
