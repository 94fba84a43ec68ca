import { LockKeyhole, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import { percentWithTenths } from '../ui/figures.ts';
import { Hint } from '../ui/hint.tsx';
import { text } from '../ui/text.tsx';
import styles from './lane-loss.module.css';

/** The losses shown in a lane's heading. */
export type LossFace =
  | { readonly kind: 'none' }
  | { readonly kind: 'undecryptable'; readonly lostPackets: number }
  /** `share` from 0 to 1: enough was lost in the last minute to say so. */
  | { readonly kind: 'lossy'; readonly share: number; readonly lostPackets: number }
  | { readonly kind: 'some'; readonly lostPackets: number };

interface LaneLossProps {
  readonly face: LossFace;
  /** What became of the lost sound, one line a kind. */
  readonly lines: readonly string[];
  readonly isFocused: boolean;
}

/** A tag in place of the state, in a lane with room for two lines. Null without losses to show. */
export function LossTag({ face, lines, isFocused }: LaneLossProps): ReactNode {
  switch (face.kind) {
    case 'none':
    case 'some':
      return null;
    case 'undecryptable':
    case 'lossy':
      return (
        <LossHint lines={lines} isFocused={isFocused} className={styles['tag']}>
          <LossIcon face={face} size={14} />
          <span className={styles['words']}>
            {face.kind === 'lossy'
              ? text('lane.lossy', { percent: percentWithTenths(face.share) })
              : text('lane.undecryptable')}
          </span>
        </LossHint>
      );
  }
}

/** The number of losses, in a lane of one line; shown from the first loss on. */
export function LossCount({ face, lines, isFocused }: LaneLossProps): ReactNode {
  if (face.kind === 'none') return null;
  return (
    <LossHint lines={lines} isFocused={isFocused} className={styles['count']}>
      <LossIcon face={face} size={15} />
      {face.lostPackets > 0 && face.lostPackets}
    </LossHint>
  );
}

function LossIcon({ face, size }: { readonly face: LossFace; readonly size: number }): ReactNode {
  const Icon = face.kind === 'undecryptable' ? LockKeyhole : TriangleAlert;
  return <Icon size={size} strokeWidth={1.75} aria-hidden="true" />;
}

interface LossHintProps extends Pick<LaneLossProps, 'lines' | 'isFocused'> {
  readonly className: string | undefined;
  readonly children: ReactNode;
}

function LossHint({ lines, isFocused, className, children }: LossHintProps): ReactNode {
  if (lines.length === 0) return <span className={className}>{children}</span>;
  const words = (
    <>
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </>
  );
  return (
    <Hint words={words} isFocused={isFocused} className={classNames(className)}>
      {children}
    </Hint>
  );
}
