import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Loss } from '../../preload/contract/events.ts';
import type { RecordingSessionSnapshot } from '../../preload/contract/snapshot.ts';
import { gapsOf, stretchesOf } from '../bridge/gaps.ts';
import { lossWords } from '../speakers/loss-words.ts';
import { LaneCount, LaneList } from '../speakers/lane-list.tsx';
import { flowOf } from '../speakers/lane-state.ts';
import { MeterCanvas, MeterScale } from '../speakers/meter-canvas.tsx';
import { classNames } from '../ui/class-names.ts';
import { personColour } from '../ui/person.ts';
import { text } from '../ui/text.tsx';
import { fittingLaneHeight, type LaneHeight } from '../waveform/geometry.ts';
import { Ruler } from '../waveform/ruler.tsx';
import { TapeHint } from '../waveform/tape-hint.tsx';
import { TapeCanvas } from '../waveform/tape-canvas.tsx';
import styles from './deck-lanes.module.css';

const RULER_HEIGHT = 24;

/** Ruler and lanes: headings left, tape in the middle, head line and meters at the right. */
export function DeckLanes({ session }: { readonly session: RecordingSessionSnapshot }): ReactNode {
  const viewport = useRef<HTMLDivElement>(null);
  const { speakers } = session;
  const { laneHeight, available } = useLaneHeight(viewport, speakers.length);
  const [scrollTop, setScrollTop] = useState(0);
  const lanesInSight = Math.floor((scrollTop + available) / laneHeight);
  const lanes = useMemo(
    () =>
      speakers.map((speaker, index) => ({
        track: speaker.track,
        personNumber: personColour(index).number,
        leftAtSamples: speaker.present ? null : speaker.leftAtSamples,
      })),
    [speakers],
  );
  const { markers } = session;
  const gaps = gapsOf(session);
  const marks = { gaps: stretchesOf(gaps), markers: markers.map(({ samples }) => samples) };
  const flow = flowOf(session);
  const shows = flow === 'paused' ? 'nothing' : 'levels';
  const height = laneHeight * speakers.length;
  return (
    <div className={classNames(styles['deck'], flow !== 'kept' && styles['held'])}>
      <div className={styles['ruler']}>
        <div className={styles['count']}>
          <LaneCount
            session={session}
            lanesInSight={lanesInSight}
            onShowBelow={() => {
              viewport.current?.scrollBy({ top: viewport.current.clientHeight });
            }}
          />
        </div>
        <Ruler gaps={gaps} markers={markers} />
        <div className={styles['scale']}>
          <MeterScale />
        </div>
      </div>
      <div
        ref={viewport}
        className={styles['viewport']}
        onScroll={({ currentTarget }) => {
          setScrollTop(currentTarget.scrollTop);
        }}
      >
        {speakers.length === 0 && (
          <p className={styles['quiet']}>
            {text(session.peopleCount === 0 ? 'deck.nobody' : 'deck.quiet')}
          </p>
        )}
        <div className={styles['lanes']} style={{ height }}>
          <LaneList session={session} laneHeight={laneHeight} />
          <TapeHint
            tracks={speakers.map(({ track }) => track)}
            laneHeight={laneHeight}
            wordsOf={lossLinesOf}
          >
            <TapeCanvas content={{ lanes, laneHeight, ...marks }} />
          </TapeHint>
          <div className={styles['meters']}>
            <MeterCanvas content={{ lanes, laneHeight, shows }} />
          </div>
        </div>
      </div>
      <div
        className={styles['head']}
        style={{ height: speakers.length === 0 ? '100%' : RULER_HEIGHT + height }}
      />
    </div>
  );
}

function lossLinesOf(loss: Loss): ReactNode {
  return lossWords(loss).map((line) => <div key={line}>{line}</div>);
}

/** The largest lane height at which all lanes fit; it only gets smaller while a recording is shown. */
function useLaneHeight(
  viewport: { readonly current: HTMLElement | null },
  count: number,
): { readonly laneHeight: LaneHeight; readonly available: number } {
  const [available, setAvailable] = useState(0);
  const [ceiling, setCeiling] = useState<{ height: LaneHeight; available: number }>({
    height: 88,
    available: 0,
  });
  useEffect(() => {
    if (viewport.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      setAvailable(entry?.contentRect.height ?? 0);
    });
    observer.observe(viewport.current);
    return () => {
      observer.disconnect();
    };
  }, [viewport]);
  // Another height of the window starts again from the largest; a change of the number of lanes does not.
  const most = ceiling.available === available ? ceiling.height : 88;
  const height = available === 0 ? 88 : fittingLaneHeight(count, available, most);
  if (available !== ceiling.available || height !== ceiling.height) {
    setCeiling({ height, available });
  }
  return { laneHeight: height, available };
}
