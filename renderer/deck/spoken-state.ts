import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import type { RecordingSessionSnapshot, Snapshot } from '../../preload/contract/snapshot.ts';
import { chosenChannel } from '../bridge/chosen-channel.ts';
import type { LevelStore } from '../bridge/level-store.ts';
import { duration, spokenClock } from '../ui/figures.ts';
import { problemText, text } from '../ui/text.tsx';

/** The whole state of the recorder in one sentence, for screen readers. */
export function spokenState(snapshot: Snapshot, levels: LevelStore): string {
  const { session, guilds, chosenChannelId, disk } = snapshot;
  switch (session.kind) {
    case 'idle': {
      const chosen = chosenChannel(guilds, chosenChannelId);
      if (session.problem !== null) return problemText(session.problem);
      if (chosen === null) return text('glass.choose');
      const place = { channel: chosen.channel.name, guild: chosen.guild.name };
      return text('glass.idle.spoken', { line: text('glass.place', place) });
    }
    case 'joining':
      return text('glass.joining', { channel: session.channelName });
    case 'stopping':
      return text('glass.closing');
    case 'recording': {
      const recording = spokenRecording(session, { levels, disk });
      if (session.pausedAtSamples === null) return recording;
      const seconds = (levels.samples - session.pausedAtSamples) / SAMPLE_RATE_HZ;
      return text('glass.paused.spoken', { paused: duration(seconds), recording });
    }
  }
}

interface Figures {
  readonly levels: LevelStore;
  readonly disk: Snapshot['disk'];
}

function spokenRecording(session: RecordingSessionSnapshot, { levels, disk }: Figures): string {
  const lost = session.speakers.reduce((sum, { lostPackets }) => sum + lostPackets, 0);
  return text('glass.recording.spoken', {
    channel: session.channelName,
    time: spokenClock(levels.samples),
    people: session.peopleCount,
    lost:
      lost === 0
        ? text('status.nothing-lost').toLowerCase()
        : text('lane.lost-packets', { count: lost }),
    disk:
      disk === null
        ? text('readout.disk-unknown')
        : text('channels.show.disk', { left: duration(disk.secondsLeft) }),
  });
}
