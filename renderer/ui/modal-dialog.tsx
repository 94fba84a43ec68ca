import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Key } from './key.tsx';
import styles from './modal-dialog.module.css';

interface ModalDialogProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** Widest it gets, in pixels. */
  readonly width: number;
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Always in sight: what will happen, and the keys. */
  readonly foot: ReactNode;
}

/** A dialog with a scrolling body and keys that stay in sight. Escape closes it. */
export function ModalDialog(props: ModalDialogProps): ReactNode {
  return (
    <ModalOverlay
      isOpen
      isDismissable={false}
      onOpenChange={(isOpen) => {
        if (!isOpen) props.onClose();
      }}
      className={styles['veil'] ?? ''}
    >
      <Modal className={styles['modal'] ?? ''} style={{ maxWidth: props.width }}>
        <Dialog className={styles['dialog'] ?? ''}>
          <header className={styles['head']}>
            <div className={styles['words']}>
              <Heading slot="title" level={2} className={styles['title'] ?? ''}>
                {props.title}
              </Heading>
              {props.lead !== undefined && <p className={styles['lead']}>{props.lead}</p>}
            </div>
            <Key look="bare" size="icon" aria-label={props.closeLabel} onPress={props.onClose}>
              <X size={18} strokeWidth={1.75} aria-hidden="true" />
            </Key>
          </header>
          <div className={styles['body']}>{props.children}</div>
          <footer className={styles['foot']}>{props.foot}</footer>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
