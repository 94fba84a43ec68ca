import { useState, type ReactNode } from 'react';
import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { chosenChannel } from '../bridge/chosen-channel.ts';
import { useConnection, useLevel, useSnapshot } from '../bridge/use-bridge.ts';
import { reasonAgainst } from '../ui/channel-reason.ts';
import { classNames } from '../ui/class-names.ts';
import { clock, size, timeOfDay } from '../ui/figures.ts';
import { Reels } from '../ui/reels.tsx';
import { problemText, text } from '../ui/text.tsx';
import { NARROW, useMedia } from '../ui/use-media.ts';
import { Counter } from './counter.tsx';
import { Lamp, lampOf } from './lamp.tsx';
import { spokenState } from './spoken-state.ts';
import styles from './glass.module.css';

/** A reel is full at 12 hours. */
const FULL_REEL_SECONDS = 12 * 3600;

/** Seconds of one turn of the reels. */
const TURN_SECONDS = 4;

/** The display: lamp, time, one line, and the reels. */
export function Glass({ slim }: { readonly slim: boolean }): ReactNode {
  const snapshot = useSnapshot();
  const { session } = snapshot;
  const running = session.kind === 'recording' || session.kind === 'stopping';
  const seconds = useLevel(({ samples }) => Math.floor(samples / SAMPLE_RATE_HZ));
  const lamp = lampOf(session);
  const isNarrow = useMedia(NARROW);
  const line = glassLine(snapshot, slim || isNarrow ? 'place' : 'written');
  const { levels } = useConnection();
  return (
    <div
      role="group"
      aria-label={spokenState(snapshot, levels)}
      className={classNames(styles['glass'], slim && styles['slim'])}
    >
      <Lamp state={lamp} more={useUnderLamp(session)} slim={slim} />
      <div className={styles['words']}>
        <Counter slim={slim} standsAt={running ? null : lamp === 'stopped' ? endOf(session) : 0} />
        <div className={styles['line']} title={line}>
          {line}
        </div>
      </div>
      <div className={styles['reels']}>
        <TurningReels
          left={(snapshot.disk?.secondsLeft ?? 0) / FULL_REEL_SECONDS}
          right={running ? seconds / FULL_REEL_SECONDS : 0}
          recording={running && lamp === 'rec'}
          bytesWritten={running ? session.bytesWritten : 0}
          width={slim ? 56 : 104}
        />
      </div>
    </div>
  );
}

/** Length of the last recording, in samples. */
function endOf(session: Snapshot['session']): number {
  return session.kind === 'idle' ? (session.ended?.samples ?? 0) : 0;
}

/** The lamp's second line: the time since the pause began, or that an outage does not end the recording. */
function useUnderLamp(session: Snapshot['session']): string | null {
  const pausedAt = session.kind === 'recording' ? session.pausedAtSamples : null;
  const pausedFor = useLevel(({ samples }) => (pausedAt === null ? '' : clock(samples - pausedAt)));
  if (session.kind !== 'recording') return null;
  if (pausedAt !== null) return pausedFor;
  return session.connection.kind === 'retrying' ? text('lamp.waiting.more') : null;
}

/**
 * The line below the counter. While recording it has the size written, or the channel when no deck heading shows it.
 */
function glassLine(
  { session, guilds, chosenChannelId }: Snapshot,
  whileRecording: 'place' | 'written',
): string {
  switch (session.kind) {
    case 'joining':
      return text('glass.joining', { channel: session.channelName });
    case 'recording': {
      if (whileRecording === 'place')
        return text('glass.place', { channel: session.channelName, guild: session.guildName });
      const time = timeOfDay(session.startedAtMs);
      return session.connection.kind === 'good'
        ? text('glass.written', { time, size: size(session.bytesWritten) })
        : text('glass.since', { time });
    }
    case 'stopping':
      return text('glass.closing');
    case 'idle': {
      if (session.problem !== null) return problemText(session.problem);
      const chosen = chosenChannel(guilds, chosenChannelId);
      if (chosen === null) return text('glass.choose');
      const reason = reasonAgainst(chosen.channel);
      if (reason !== null) return reason;
      return text('glass.place', { channel: chosen.channel.name, guild: chosen.guild.name });
    }
  }
}

interface TurningReelsProps {
  readonly left: number;
  readonly right: number;
  readonly recording: boolean;
  readonly bytesWritten: number;
  readonly width: number;
}

interface Turn {
  readonly bytes: number;
  readonly samples: number;
  readonly turns: number;
  readonly seconds: number;
}

/** Turns the reels when bytes have reached the disk, by the time since the last write. */
function TurningReels({ bytesWritten, ...reels }: TurningReelsProps): ReactNode {
  const { levels } = useConnection();
  const [turn, setTurn] = useState<Turn>({ bytes: bytesWritten, samples: 0, turns: 0, seconds: 0 });
  if (bytesWritten !== turn.bytes) {
    const elapsed = (levels.samples - turn.samples) / SAMPLE_RATE_HZ;
    const seconds = bytesWritten > turn.bytes ? Math.min(1, Math.max(0, elapsed)) : 0;
    const turns = turn.turns + seconds / TURN_SECONDS;
    setTurn({ bytes: bytesWritten, samples: levels.samples, turns, seconds });
  }
  return <Reels {...reels} turns={turn.turns} turnSeconds={turn.seconds} />;
}
