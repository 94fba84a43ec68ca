import { Check, FolderOpen, RotateCcw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { GridListItem } from 'react-aria-components';
import type { RecordingSnapshot } from '../../preload/contract/library.ts';
import { useCommand } from '../bridge/use-bridge.ts';
import { classNames } from '../ui/class-names.ts';
import { clock, day, size, timeOfDay } from '../ui/figures.ts';
import { Key } from '../ui/key.tsx';
import { Picture } from '../ui/picture.tsx';
import { text } from '../ui/text.tsx';
import styles from './recording-row.module.css';
import { TalkMap } from './talk-map.tsx';

/** Pictures shown before "+n". */
const PICTURES = 4;

/** A recording with fewer lost packets (1 s) has no tag. */
const WORTH_SAYING = 50;

interface RecordingRowProps {
  readonly recording: RecordingSnapshot;
  readonly nowMs: number;
  readonly onSave: (recordingId: string) => void;
}

/** One past recording with its talk map. */
export function RecordingRow({ recording, nowMs, onSave }: RecordingRowProps): ReactNode {
  const { id, channelName, guildName, startedAtMs, samples, sizeBytes } = recording;
  const showInFolder = useCommand('recording.show-in-folder');
  const date = `${day(startedAtMs, nowMs)}, ${timeOfDay(startedAtMs)}`;
  const name = `${channelName}, ${date}`;
  return (
    <GridListItem id={id} textValue={`${name}, ${clock(samples)}`} className={styles['row'] ?? ''}>
      <span className={styles['map']}>
        <TalkMap recording={recording} />
      </span>
      <span className={styles['stack']}>
        <bdi className={styles['name']} title={channelName}>
          {channelName}
        </bdi>
        <bdi className={styles['second']}>{guildName}</bdi>
      </span>
      <span className={styles['stack']}>
        <span>{day(startedAtMs, nowMs)}</span>
        <span className={styles['second']}>{timeOfDay(startedAtMs)}</span>
      </span>
      <span className={styles['length']}>{clock(samples)}</span>
      <People tracks={recording.tracks} />
      <span className={styles['size']}>{size(sizeBytes)}</span>
      <StateTag recording={recording} />
      <span className={styles['save']}>
        <Key
          look="bare"
          size="small"
          isDisabled={recording.state === 'recording'}
          aria-label={text('library.save.for', { name })}
          onPress={() => {
            onSave(id);
          }}
        >
          {text('library.save')}
        </Key>
      </span>
      <Key
        look="bare"
        size="icon"
        aria-label={text('library.show.for', { name })}
        onPress={() => void showInFolder({ recordingId: id })}
      >
        <FolderOpen size={18} strokeWidth={1.75} aria-hidden="true" />
      </Key>
    </GridListItem>
  );
}

function People({ tracks }: Pick<RecordingSnapshot, 'tracks'>): ReactNode {
  return (
    <span className={styles['people']} title={tracks.map(({ name }) => name).join(', ')}>
      {tracks.slice(0, PICTURES).map(({ file, name }, index) => (
        <Picture key={file} name={name} who={index} size={22} />
      ))}
      {tracks.length > PICTURES && (
        <span className={styles['more']}>
          {text('library.more', { count: tracks.length - PICTURES })}
        </span>
      )}
      {tracks.length === 0 && <span className={styles['second']}>{text('library.nobody')}</span>}
    </span>
  );
}

function StateTag({
  recording: { state, lostPackets },
}: {
  readonly recording: RecordingSnapshot;
}): ReactNode {
  const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
  if (state === 'recording') {
    return (
      <span className={styles['state']}>
        <span className={styles['dot']} />
        {text('library.state.recording')}
      </span>
    );
  }
  if (state === 'recovered') {
    return (
      <span
        className={classNames(styles['tag'], styles['recovered'])}
        title={text('library.state.recovered.more')}
      >
        <RotateCcw {...icon} />
        {text('library.state.recovered')}
      </span>
    );
  }
  if (lostPackets >= WORTH_SAYING) {
    return (
      <span className={classNames(styles['tag'], styles['loss'])}>
        <TriangleAlert {...icon} />
        {text('library.state.loss')}
      </span>
    );
  }
  return (
    <span className={styles['state']}>
      <Check {...icon} />
      {text('library.state.complete')}
    </span>
  );
}
