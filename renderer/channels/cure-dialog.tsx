import type { ReactNode } from 'react';
import type { ChannelSnapshot } from '../../preload/contract/snapshot.ts';
import { useSnapshot } from '../bridge/use-bridge.ts';
import { permissionList } from '../ui/channel-reason.ts';
import { Key } from '../ui/key.tsx';
import { ModalDialog } from '../ui/modal-dialog.tsx';
import { text } from '../ui/text.tsx';
import styles from './cure-dialog.module.css';

interface CureDialogProps {
  readonly channel: ChannelSnapshot;
  readonly onClose: () => void;
}

/** How to give the bot the rights it lacks in a channel. */
export function CureDialog({ channel, onClose }: CureDialogProps): ReactNode {
  const { account } = useSnapshot();
  const bot = account.kind === 'signed-in' ? account.name : '';
  return (
    <ModalDialog
      title={text('channels.how.title', { channel: channel.name })}
      width={520}
      closeLabel={text('dialog.close')}
      onClose={onClose}
      foot={
        <div className={styles['keys']}>
          <Key look="main" autoFocus onPress={onClose}>
            {text('dialog.done')}
          </Key>
        </div>
      }
    >
      <ol className={styles['steps']}>
        <li>{text('channels.how.step1')}</li>
        <li>{text('channels.how.step2', { bot })}</li>
        <li>
          {text('channels.how.step3', { permissions: permissionList(channel.missingPermissions) })}
        </li>
      </ol>
    </ModalDialog>
  );
}
