import { Folder } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { RecordingSnapshot } from '../../preload/contract/library.ts';
import { useCommand } from '../bridge/use-bridge.ts';
import { size } from '../ui/figures.ts';
import { Key } from '../ui/key.tsx';
import { ModalDialog } from '../ui/modal-dialog.tsx';
import { Segments } from '../ui/segments.tsx';
import { RichText, problemText, text, type AnyProblem } from '../ui/text.tsx';
import styles from './save-form.module.css';
import { planOf, type SaveChoices } from './save-plan.ts';
import { SaveTracks } from './save-tracks.tsx';

/** Names shown before "and n more". */
const NAMES = 2;

interface SaveFormProps {
  readonly recording: RecordingSnapshot;
  readonly onClose: () => void;
}

/** What to save, how, and where; everything is filled in already. */
export function SaveForm({ recording, onClose }: SaveFormProps): ReactNode {
  const start = useCommand('export.start');
  const [choices, setChoices] = useState<SaveChoices>(() => ({
    tracks: new Set(recording.tracks.map(({ file }) => file)),
    mixdown: true,
    channels: 'stereo',
    bitDepth: '16',
  }));
  const [folder, setFolder] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<AnyProblem | null>(null);
  const plan = planOf(recording, choices);
  const count = plan.names.length;

  const save = () => {
    const { tracks, ...rest } = choices;
    void start({
      ...rest,
      recordingId: recording.id,
      format: 'wav',
      tracks: [...tracks],
      folder: folder === null ? 'recording' : 'chosen',
    }).then((answer) => {
      setRefusal(answer.ok ? null : answer.problem);
    });
  };
  return (
    <ModalDialog
      title={text('save.title')}
      lead={`${recording.channelName}, ${recording.guildName}. ${text('save.lead')}`}
      width={880}
      closeLabel={text('dialog.close')}
      onClose={onClose}
      foot={
        <>
          <p className={refusal === null ? styles['will'] : styles['refusal']}>
            {refusal !== null && problemText(refusal)}
            {refusal === null && count === 0 && text('save.will.none')}
            {refusal === null && count > 0 && (
              <RichText id="save.will" values={{ count, size: size(plan.bytes) }} />
            )}
          </p>
          <Key onPress={onClose}>{text('dialog.not-now')}</Key>
          <Key look="main" autoFocus isDisabled={count === 0} onPress={save}>
            {text('save.key', { count })}
          </Key>
        </>
      }
    >
      <div className={styles['body']}>
        <SaveTracks recording={recording} choices={choices} onChange={setChoices} />
        <div className={styles['choices']}>
          <div className={styles['part']}>
            <h3 className={styles['title']}>{text('save.kind')}</h3>
            <p className={styles['kind']}>
              <span className={styles['kindName']}>{text('save.kind.wav')}</span>
              <span className={styles['kindText']}>{text('save.kind.wav.text')}</span>
            </p>
          </div>
          <div className={styles['row']}>
            <Segments
              label={text('save.channels')}
              value={choices.channels}
              options={[
                { value: 'stereo', label: text('save.channels.stereo') },
                { value: 'mono', label: text('save.channels.mono') },
              ]}
              onChange={(channels) => {
                setChoices({ ...choices, channels });
              }}
            />
            <Segments
              label={text('save.detail')}
              value={choices.bitDepth}
              options={[
                { value: '16', label: text('save.detail.16') },
                { value: '24', label: text('save.detail.24') },
                { value: '32f', label: text('save.detail.32f') },
              ]}
              onChange={(bitDepth) => {
                setChoices({ ...choices, bitDepth });
              }}
            />
          </div>
          <FolderChoice recordingId={recording.id} folder={folder} onChoose={setFolder} />
          <div className={styles['part']}>
            <h3 className={styles['label']}>{text('save.names')}</h3>
            <p className={styles['names']}>{namesText(plan.names)}</p>
          </div>
        </div>
      </div>
    </ModalDialog>
  );
}

function namesText(names: readonly string[]): string {
  if (names.length === 0) return text('save.names.none');
  const shown = names.slice(0, NAMES).join(', ');
  const count = names.length - NAMES;
  return count > 0 ? text('save.names.more', { names: shown, count }) : shown;
}

interface FolderChoiceProps {
  readonly recordingId: string;
  /** Null: beside the recording. */
  readonly folder: string | null;
  readonly onChoose: (folder: string) => void;
}

function FolderChoice({ recordingId, folder, onChoose }: FolderChoiceProps): ReactNode {
  const chooseFolder = useCommand('export.choose-folder');
  return (
    <div className={styles['part']}>
      <h3 className={styles['label']}>{text('save.folder')}</h3>
      <div className={styles['folderRow']}>
        <p className={styles['folder']}>
          <Folder size={18} strokeWidth={1.75} aria-hidden="true" />
          <bdi className={styles['path']} title={folder ?? undefined}>
            {folder ?? text('save.folder.recording')}
          </bdi>
        </p>
        <Key
          onPress={() =>
            void chooseFolder({ recordingId }).then((answer) => {
              if (answer.folder !== null) onChoose(answer.folder);
            })
          }
        >
          {text('save.choose')}
        </Key>
      </div>
    </div>
  );
}
