import type { MouseEvent, ReactNode } from 'react';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { chosenChannel } from '../bridge/chosen-channel.ts';
import { useCommand, useSnapshot } from '../bridge/use-bridge.ts';
import { reasonAgainst } from '../ui/channel-reason.ts';
import { classNames } from '../ui/class-names.ts';
import { text } from '../ui/text.tsx';
import { DEAF_MS, usePressGuard } from './press-guard.ts';
import styles from './transport-key.module.css';

/** The present meaning of the key at the bottom right. */
export type Transport =
  | { readonly kind: 'cannot'; readonly label: string }
  | { readonly kind: 'record'; readonly channelId: string; readonly channelName: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'closing' };

export function transportOf({ session, guilds, chosenChannelId }: Snapshot): Transport {
  switch (session.kind) {
    case 'joining':
      return { kind: 'cancel' };
    case 'recording':
      return { kind: 'stop' };
    case 'stopping':
      return { kind: 'closing' };
    case 'idle': {
      const chosen = chosenChannel(guilds, chosenChannelId);
      if (chosen === null) return { kind: 'cannot', label: text('key.record.no-channel') };
      const reason = reasonAgainst(chosen.channel);
      if (reason !== null) return { kind: 'cannot', label: text('key.record.cannot', { reason }) };
      return { kind: 'record', channelId: chosen.channel.id, channelName: chosen.channel.name };
    }
  }
}

interface TransportKeyProps {
  readonly slim: boolean;
  /** Red only where recording is the page's main action. */
  readonly red: boolean;
  readonly onRecord: (channelId: string) => void;
}

/** Record, Cancel, Stop or Closing: always at the same place, always the same size. */
export function TransportKey({ slim, red, onRecord }: TransportKeyProps): ReactNode {
  const transport = transportOf(useSnapshot());
  const cancel = useCommand('session.cancel');
  const stop = useCommand('session.stop');
  const { kind } = transport;
  const guard = usePressGuard(kind, kind === 'cancel' || kind === 'stop' ? DEAF_MS[kind] : 0);

  const press = (event: MouseEvent) => {
    if (!guard.counts(event.detail > 0)) return;
    switch (transport.kind) {
      case 'record':
        onRecord(transport.channelId);
        break;
      case 'cancel':
        void cancel({});
        break;
      case 'stop':
        void stop({});
        break;
      case 'cannot':
      case 'closing':
        break;
    }
  };
  return (
    <button
      type="button"
      onClick={press}
      aria-disabled={kind === 'cannot' || kind === 'closing'}
      aria-label={labelOf(transport)}
      title={kind === 'cannot' ? transport.label : undefined}
      className={classNames(
        styles['key'],
        styles[kind],
        slim && styles['slim'],
        kind === 'record' && red && styles['red'],
      )}
    >
      <Face transport={transport} slim={slim} />
    </button>
  );
}

/** The accessible name, when it is not the visible text. */
function labelOf(transport: Transport): string | undefined {
  switch (transport.kind) {
    case 'cannot':
      return transport.label;
    case 'record':
      return text('key.record.channel', { channel: transport.channelName });
    case 'cancel':
    case 'stop':
    case 'closing':
      return undefined;
  }
}

function Face({
  transport: { kind },
  slim,
}: {
  readonly transport: Transport;
  readonly slim: boolean;
}): ReactNode {
  if (kind === 'record' || kind === 'cannot') {
    return (
      <>
        <span className={styles['dot']} />
        <span className={styles['word']}>{text('key.record')}</span>
      </>
    );
  }
  return (
    <>
      {kind === 'stop' && <span className={styles['square']} />}
      <span className={styles['stack']}>
        <span className={styles['word']}>{text(`key.${kind}`)}</span>{' '}
        <span className={slim ? 'spoken' : styles['more']}>{text(`key.${kind}.more`)}</span>
      </span>
    </>
  );
}
