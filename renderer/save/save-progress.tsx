import { CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RecordingSnapshot } from '../../preload/contract/library.ts';
import type { ExportSnapshot } from '../../preload/contract/snapshot.ts';
import { useCommand } from '../bridge/use-bridge.ts';
import { size } from '../ui/figures.ts';
import { Key } from '../ui/key.tsx';
import { ModalDialog } from '../ui/modal-dialog.tsx';
import { Progress } from '../ui/progress.tsx';
import { problemText, text } from '../ui/text.tsx';
import styles from './save-progress.module.css';

interface SaveProgressProps {
  readonly recording: RecordingSnapshot;
  readonly saving: ExportSnapshot;
  readonly onClose: () => void;
}

/** Files being made, made, or not made. */
export function SaveProgress({ recording, saving, onClose }: SaveProgressProps): ReactNode {
  return (
    <ModalDialog
      title={text(saving.state === 'failed' ? 'save.failed' : 'save.running.title')}
      lead={`${recording.channelName}, ${recording.guildName}`}
      width={560}
      closeLabel={text('dialog.close')}
      onClose={onClose}
      foot={<Foot saving={saving} onClose={onClose} />}
    >
      <div className={styles['body']}>
        <Body saving={saving} />
      </div>
    </ModalDialog>
  );
}

function Body({ saving }: { readonly saving: ExportSnapshot }): ReactNode {
  const icon = { size: 20, strokeWidth: 1.75, 'aria-hidden': true } as const;
  switch (saving.state) {
    case 'running': {
      const percent = Math.floor(saving.progress * 100);
      const { fileCount: count, filesDone: done, currentFile: file } = saving;
      const label =
        file === null ? text('save.running.start') : text('save.running', { file, percent });
      return (
        <>
          <p className={styles['line']}>
            <bdi className={styles['file']} title={file ?? undefined}>
              {file ?? text('save.running.start')}
            </bdi>
            <span className={styles['percent']}>{percent} %</span>
          </p>
          <Progress label={label} share={saving.progress} />
          <p className={styles['more']}>
            {text('save.running.count', { done, count })}. {text('save.running.more')}
          </p>
        </>
      );
    }
    case 'done':
      return (
        <div className={styles['result']}>
          <CircleCheck {...icon} className={styles['good']} />
          <div className={styles['words']}>
            <p className={styles['strong']}>{text('save.done', { count: saving.fileCount })}</p>
            <p className={styles['folder']}>
              {text('save.done.folder', { folder: saving.folder })}
            </p>
          </div>
        </div>
      );
    case 'failed':
      return (
        <div className={styles['result']}>
          <TriangleAlert {...icon} className={styles['caution']} />
          <p className={styles['words']}>{failureText(saving)}</p>
        </div>
      );
    case 'cancelled':
      return (
        <div className={styles['result']}>
          <Info {...icon} />
          <p className={styles['words']}>{text('save.cancelled')}</p>
        </div>
      );
  }
}

function failureText({ problem }: ExportSnapshot): string {
  if (problem?.code === 'disk-full') {
    const { bytes } = problem.details;
    const needed = typeof bytes === 'number' ? size(bytes) : text('save.some-space');
    return text('save.failed.disk-full', { size: needed });
  }
  if (problem?.code === 'disk-error') return text('save.failed.disk-error', problem.details);
  const sentence = problemText(problem ?? { code: 'fault', details: {} });
  return text('save.failed.other', { sentence });
}

function Foot({
  saving,
  onClose,
}: {
  readonly saving: ExportSnapshot;
  readonly onClose: () => void;
}): ReactNode {
  const cancel = useCommand('export.cancel');
  const dismiss = useCommand('export.dismiss');
  const show = useCommand('export.show-in-folder');
  const exportId = saving.id;
  return (
    <div className={styles['keys']}>
      {saving.state === 'running' && (
        <>
          <Key onPress={() => void cancel({ exportId })}>{text('save.cancel')}</Key>
          <Key look="main" autoFocus onPress={onClose}>
            {text('save.hide')}
          </Key>
        </>
      )}
      {saving.state === 'done' && (
        <>
          <Key onPress={() => void show({ exportId })}>{text('save.show')}</Key>
          <Key key="done" look="main" autoFocus onPress={onClose}>
            {text('dialog.done')}
          </Key>
        </>
      )}
      {(saving.state === 'failed' || saving.state === 'cancelled') && (
        <>
          <Key onPress={onClose}>{text('dialog.close')}</Key>
          <Key key="again" look="main" autoFocus onPress={() => void dismiss({ exportId })}>
            {text('save.again')}
          </Key>
        </>
      )}
    </div>
  );
}
