import {
  useId,
  useState,
  type FocusEventHandler,
  type KeyboardEventHandler,
  type ReactNode,
} from 'react';
import type { SpeakerSnapshot } from '../../preload/contract/snapshot.ts';
import { useLevel } from '../bridge/use-bridge.ts';
import { classNames } from '../ui/class-names.ts';
import type { StyleWithVariables } from '../ui/css-variables.ts';
import { percentWithTenths } from '../ui/figures.ts';
import { personColour } from '../ui/person.ts';
import { Picture } from '../ui/picture.tsx';
import { text } from '../ui/text.tsx';
import { LossCount, LossTag, type LossFace } from './lane-loss.tsx';
import { laneStateText, voiceOf, type Flow, type Voice } from './lane-state.ts';
import styles from './lane-heading.module.css';
import { lossLines } from './loss-words.ts';

/** Share of losses in the last minute from which the heading shows them. */
const WORTH_SAYING = 0.01;

interface LaneHeadingProps {
  readonly speaker: SpeakerSnapshot;
  /** Order of first appearance, from 0. */
  readonly index: number;
  readonly height: number;
  readonly flow: Flow;
  readonly tabIndex: 0 | -1;
  readonly onKeyDown: KeyboardEventHandler<HTMLDivElement>;
  readonly onFocus: FocusEventHandler<HTMLDivElement>;
}

/** The left end of a lane: colour, picture, name and what this person does. */
export function LaneHeading(props: LaneHeadingProps): ReactNode {
  const { speaker, index, height } = props;
  const lossId = useId();
  const [isFocused, setFocused] = useState(false);
  const lines = lossLines(speaker);
  const voice = useLevel((levels) => voiceOf(levels, speaker.track));
  const name = speaker.userId === null ? text('lane.someone') : speaker.name;
  const state = laneStateText(speaker, voice, props.flow);
  const spoken = isUndecryptable(speaker)
    ? text('lane.undecryptable.spoken')
    : laneStateText(speaker, calm(voice), props.flow);
  const speaking = voice === 'speaking' && props.flow === 'kept' && speaker.present;
  const tall = height >= 44;
  const { number, edge } = personColour(index);
  const face = lossFace(speaker);
  const loss = { face, lines, isFocused };
  const lost = lossText(speaker);
  const style: StyleWithVariables = { height, '--colour': `var(--person-${String(number)})` };
  return (
    <div
      role="row"
      aria-label={text('lane.name', { name, state: spoken, lost: lost ?? 'none' })}
      aria-describedby={lines.length === 0 ? undefined : lossId}
      tabIndex={props.tabIndex}
      onKeyDown={props.onKeyDown}
      onFocus={(event) => {
        setFocused(event.currentTarget.matches(':focus-visible'));
        props.onFocus(event);
      }}
      onBlur={() => {
        setFocused(false);
      }}
      className={classNames(
        styles['lane'],
        styles[density(height)],
        speaking && styles['speaking'],
        height <= 25 && index % 2 === 1 && styles['tinted'],
      )}
      style={style}
    >
      <span className={classNames(styles['edge'], styles[edge])} aria-hidden="true" />
      <span role="gridcell" className={styles['cell']}>
        <Picture name={name} who={index} size={pictureSize(height)} faded={!speaker.present} />
        <span className={styles['words']}>
          <bdi className={styles['name']} title={name}>
            {name}
          </bdi>
          {tall && <LossTag {...loss} />}
          {tall && (face.kind === 'none' || face.kind === 'some') && (
            <span className={styles['state']}>{state}</span>
          )}
        </span>
        {!tall && <LossCount {...loss} />}
        <span id={lossId} hidden>
          {lines.join('. ')}
        </span>
      </span>
    </div>
  );
}

/** The lane's accessible name changes every 2 s at most. */
function calm(voice: Voice): Voice {
  if (voice === 'speaking' || voice === 'not-yet') return voice;
  const seconds = Number(voice.slice('quiet-'.length));
  return `quiet-${String(seconds - (seconds % 2))}`;
}

function isUndecryptable({ undecryptableFromSamples }: SpeakerSnapshot): boolean {
  return undecryptableFromSamples !== null;
}

function lossFace(speaker: SpeakerSnapshot): LossFace {
  const { lostPackets, recentLoss } = speaker;
  if (isUndecryptable(speaker)) return { kind: 'undecryptable', lostPackets };
  if (recentLoss.all >= WORTH_SAYING) return { kind: 'lossy', share: recentLoss.all, lostPackets };
  return lostPackets > 0 ? { kind: 'some', lostPackets } : { kind: 'none' };
}

function lossText(speaker: SpeakerSnapshot): string | null {
  const { track, lostPackets, recentLoss } = speaker;
  if (isUndecryptable(speaker) && track === null) return text('lane.unrecorded');
  if (recentLoss.all >= WORTH_SAYING) {
    return text('lane.lossy', { percent: percentWithTenths(recentLoss.all) });
  }
  return lostPackets === 0 ? null : text('lane.lost-packets', { count: lostPackets });
}

function density(height: number): 'roomy' | 'medium' | 'dense' | 'tight' {
  if (height >= 72) return 'roomy';
  if (height >= 44) return 'medium';
  return height >= 30 ? 'dense' : 'tight';
}

function pictureSize(height: number): number {
  if (height >= 72) return 40;
  if (height >= 44) return 32;
  if (height >= 36) return 28;
  return height >= 30 ? 22 : height - 4;
}
