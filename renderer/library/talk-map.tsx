import type { ReactNode } from 'react';
import type { RecordingSnapshot } from '../../preload/contract/library.ts';
import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import { clock, duration, listOf } from '../ui/figures.ts';
import { personColour } from '../ui/person.ts';
import { text } from '../ui/text.tsx';
import { spokenSamples, talkColumns } from './talk-columns.ts';
import styles from './talk-map.module.css';

const WIDTH = 208;
const HEIGHT = 48;

/** Columns are half a CSS pixel wide, for screens of two device pixels per CSS pixel. */
const COLUMNS = WIDTH * 2;

/** The talk map: one row a person, in their colour. */
export function TalkMap({ recording }: { readonly recording: RecordingSnapshot }): ReactNode {
  const { tracks, samples } = recording;
  const rows = Math.max(2, tracks.length);
  const row = HEIGHT / rows;
  const gap = row >= 4 ? 1 : 0;
  return (
    <svg
      role="img"
      aria-label={mapText(recording)}
      className={styles['map']}
      viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
      width={WIDTH}
      height={HEIGHT}
      preserveAspectRatio="none"
    >
      {tracks.map(({ file, talk }, index) => (
        <path
          key={file}
          fill={`var(--person-${String(personColour(index).number)})`}
          d={talkColumns(talk, samples, COLUMNS)
            .map(([from, to]) => {
              const place = `M${String(from / 2)} ${String(index * row)}`;
              const width = String((to - from) / 2);
              return `${place}h${width}v${String(row - gap)}h-${width}z`;
            })
            .join('')}
        />
      ))}
    </svg>
  );
}

/** The map in words. */
function mapText({ tracks, samples }: RecordingSnapshot): string {
  if (tracks.length > 0 && tracks.every(({ talk }) => talk.length === 0)) {
    return text('library.map.unknown');
  }
  const names = tracks.map(({ name, talk }) =>
    text('library.map.person', {
      name,
      spoken: duration(spokenSamples(talk) / SAMPLE_RATE_HZ),
      length: clock(samples),
    }),
  );
  return text('library.map', { count: tracks.length, names: listOf(names) });
}
