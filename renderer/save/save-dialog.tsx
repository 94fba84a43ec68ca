import { useContext, useEffect, type ReactNode } from 'react';
import type { RecordingSnapshot } from '../../preload/contract/library.ts';
import { useCommand, useSnapshot } from '../bridge/use-bridge.ts';
import { AnnouncerContext } from '../ui/announcer.tsx';
import { text } from '../ui/text.tsx';
import { SaveForm } from './save-form.tsx';
import { SaveProgress } from './save-progress.tsx';

/** Progress is announced at each quarter before the end. */
const QUARTERS = 4;

interface SaveDialogProps {
  readonly recording: RecordingSnapshot;
  readonly onClose: () => void;
}

/** Makes files for other programs: choices, then progress, then where they are. */
export function SaveDialog({ recording, onClose }: SaveDialogProps): ReactNode {
  const { exports } = useSnapshot();
  const dismiss = useCommand('export.dismiss');
  const announcer = useContext(AnnouncerContext);
  const under = exports.find(({ recordingId }) => recordingId === recording.id) ?? null;
  const quarter = under?.state === 'running' ? Math.floor(under.progress * QUARTERS) : null;

  useEffect(() => {
    if (quarter === null || quarter === 0 || quarter === QUARTERS) return;
    announcer.polite(text('say.percent', { percent: (quarter * 100) / QUARTERS }));
  }, [quarter, announcer]);

  const close = () => {
    if (under !== null && under.state !== 'running') void dismiss({ exportId: under.id });
    onClose();
  };
  if (under !== null) {
    return <SaveProgress recording={recording} saving={under} onClose={close} />;
  }
  return <SaveForm key={recording.id} recording={recording} onClose={close} />;
}
