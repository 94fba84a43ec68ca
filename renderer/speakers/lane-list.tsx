import { ChevronDown } from 'lucide-react';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import type { RecordingSessionSnapshot } from '../../preload/contract/snapshot.ts';
import { speakerKey } from '../bridge/speakers.ts';
import { useLevel } from '../bridge/use-bridge.ts';
import { text } from '../ui/text.tsx';
import { LaneHeading } from './lane-heading.tsx';
import { flowOf } from './lane-state.ts';
import styles from './lane-list.module.css';

interface LaneListProps {
  readonly session: RecordingSessionSnapshot;
  readonly laneHeight: number;
}

/** The headings of all lanes: one tab stop, up and down choose a lane. */
export function LaneList({ session, laneHeight }: LaneListProps): ReactNode {
  const [current, setCurrent] = useState(0);
  const { speakers } = session;
  const flow = flowOf(session);
  const chosen = Math.min(current, speakers.length - 1);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const next = nextRow(event.key, chosen, speakers.length);
    if (next === null) return;
    event.preventDefault();
    const row = event.currentTarget.parentElement?.children[next];
    if (row instanceof HTMLElement) row.focus();
  };
  return (
    <div role="grid" aria-label={text('deck.lanes')} className={styles['lanes']}>
      {speakers.map((speaker, index) => (
        <LaneHeading
          key={speakerKey(speaker)}
          speaker={speaker}
          index={index}
          height={laneHeight}
          flow={flow}
          tabIndex={index === chosen ? 0 : -1}
          onKeyDown={onKeyDown}
          onFocus={() => {
            setCurrent(index);
          }}
        />
      ))}
    </div>
  );
}

function nextRow(key: string, current: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(count - 1, current + 1);
    case 'ArrowUp':
      return Math.max(0, current - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

interface LaneCountProps {
  readonly session: RecordingSessionSnapshot;
  /** Lanes that are in sight, from the top; the others are reached by scrolling. */
  readonly lanesInSight: number;
  readonly onShowBelow: () => void;
}

/** The number of people and of speakers; a press scrolls to speakers out of sight. */
export function LaneCount({ session, lanesInSight, onShowBelow }: LaneCountProps): ReactNode {
  const speaking = useLevel((levels) => levels.speakingCount());
  const below = useLevel(
    (levels) =>
      session.speakers
        .slice(lanesInSight)
        .filter(({ track }) => levels.track(track)?.speaking === true).length,
  );
  const count = session.peopleCount;
  if (below > 0) {
    return (
      <button type="button" className={styles['below']} onClick={onShowBelow}>
        {text('deck.below', { count: below })}
        <ChevronDown size={16} strokeWidth={1.75} aria-hidden="true" />
      </button>
    );
  }
  return flowOf(session) !== 'kept' || speaking === 0
    ? text('deck.people', { count })
    : text('deck.people.speaking', { count, speaking });
}
