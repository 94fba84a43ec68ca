import type { ReactNode } from 'react';
import type { RecordingSnapshot, TrackSnapshot } from '../../preload/contract/library.ts';
import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import { shortDuration } from '../ui/figures.ts';
import { Picture } from '../ui/picture.tsx';
import { text } from '../ui/text.tsx';
import { TickBox } from '../ui/tick-box.tsx';
import type { SaveChoices } from './save-plan.ts';
import styles from './save-tracks.module.css';

interface SaveTracksProps {
  readonly recording: RecordingSnapshot;
  readonly choices: SaveChoices;
  readonly onChange: (choices: SaveChoices) => void;
}

/** Whose tracks become files, and whether there is one with everyone. */
export function SaveTracks({ recording, choices, onChange }: SaveTracksProps): ReactNode {
  const { tracks } = recording;
  const change = (file: string, isSelected: boolean) => {
    const chosen = new Set(choices.tracks);
    if (isSelected) chosen.add(file);
    else chosen.delete(file);
    onChange({ ...choices, tracks: chosen });
  };
  return (
    <section className={styles['tracks']} aria-label={text('save.people')}>
      <header className={styles['heading']}>
        <h3 className={styles['title']}>{text('save.people')}</h3>
        {tracks.length > 0 && <span className={styles['talked']}>{text('save.talked')}</span>}
      </header>
      {tracks.length === 0 && <p className={styles['nobody']}>{text('save.nobody')}</p>}
      {tracks.map((track, index) => (
        <TickBox
          key={track.file}
          isSelected={choices.tracks.has(track.file)}
          onChange={(isSelected) => {
            change(track.file, isSelected);
          }}
        >
          <Picture name={track.name} who={index} size={22} />
          <bdi className={styles['name']} title={track.name}>
            {track.name}
          </bdi>
          <span className={styles['talked']}>{talkedFor(track)}</span>
        </TickBox>
      ))}
      {tracks.length > 0 && (
        <div className={styles['mixed']}>
          <TickBox
            isSelected={choices.mixdown}
            onChange={(mixdown) => {
              onChange({ ...choices, mixdown });
            }}
          >
            {text('save.mixdown')}
          </TickBox>
        </div>
      )}
    </section>
  );
}

function talkedFor({ talk }: TrackSnapshot): string {
  const samples = talk.reduce((sum, [from, to]) => sum + to - from, 0);
  return talk.length === 0 ? '' : shortDuration(samples / SAMPLE_RATE_HZ);
}
