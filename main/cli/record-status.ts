import type { Session } from '../session/session.ts';
import type { SessionEvent } from '../session/session-event.ts';
import type { Output } from './output.ts';
import { formatTable } from './table.ts';
import { formatTime } from './time.ts';

const REFRESH_MS = 1_000;

/** What a person sees of a recording: a line for what happens, the state at the bottom of a terminal, a table at the end. */
export class RecordStatus implements Disposable {
  readonly #output: Output;
  readonly #present = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #trackCount = 0;
  #e2eeVersion = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Keeps the bottom line up to date until disposed. */
  follow(session: Session): void {
    const show = (): void => {
      const megabytes = (session.view().bytesWritten / 1e6).toFixed(1);
      const people = `${String(this.#present.size)} in the channel`;
      const tracks = `${String(this.#trackCount)} recorded`;
      this.#output.status(`● REC ${clock(session.samples)}  ${people}, ${tracks}, ${megabytes} MB`);
    };
    this.#timer = setInterval(show, REFRESH_MS);
  }

  show(event: SessionEvent): void {
    const line = this.#lineFor(event);
    if (event.event === 'stopped') this[Symbol.dispose]();
    if (line !== null) this.#output.say(line);
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#output.status('');
  }

  /** The first code and each that follows, and the end of encryption; nothing while a call has none. */
  #e2eeLine({ version, privacyCode }: SessionEvent<'e2ee'>): string | null {
    const before = this.#e2eeVersion;
    this.#e2eeVersion = version;
    if (version === 0)
      return before > 0 ? 'The call is no longer encrypted from end to end.' : null;
    if (privacyCode === null) return null;
    const groups = privacyCode.match(/.{1,5}/g) ?? [];
    return `Encrypted from end to end. Privacy code: ${groups.join(' ')}`;
  }

  #lineFor(event: SessionEvent): string | null {
    switch (event.event) {
      case 'connected':
        return `Signed in as ${event.user.name}. Joining the channel…`;
      case 'joined':
        return `Recording into ${event.recording}. Ctrl-C stops.`;
      case 'present':
        this.#present.add(event.userId);
        return `${event.name} is in the channel.`;
      case 'left':
        this.#present.delete(event.userId);
        return `${event.name} left.`;
      case 'speaker':
        this.#trackCount += 1;
        return `${event.name === '' ? 'Somebody' : event.name} speaks: ${event.track}`;
      case 'moved':
        return `Moved to ${event.channelName}.`;
      case 'gap':
        return `Nothing was received for ${clock(event.toSamples - event.fromSamples)} (${event.reason}).`;
      case 'warning':
        return `Warning: ${event.message}`;
      case 'e2ee':
        return this.#e2eeLine(event);
      case 'stopped':
        return stoppedText(event);
    }
  }
}

const STOPPED = {
  user: 'Stopped.',
  duration: 'Stopped: the time is up.',
  'everyone-left': 'Stopped: everyone left.',
  moved: 'Stopped: the bot was moved to another channel.',
  kicked: 'Stopped: the bot was removed from the channel.',
  'channel-deleted': 'Stopped: the channel was deleted.',
  'call-ended': 'Stopped: the call was ended.',
  rejected: 'Stopped: Discord does not let the bot in any more.',
  'disk-full': 'Stopped: the disk is full.',
  'disk-error': 'Stopped: the disk cannot be written.',
  fault: 'Stopped by a fault of Tapedeck’s own.',
} as const satisfies Record<SessionEvent<'stopped'>['reason'], string>;

function stoppedText({ reason, samples, tracks }: SessionEvent<'stopped'>): string {
  const head = `${STOPPED[reason]} ${clock(samples)} recorded.`;
  if (tracks.length === 0) return `${head} Nobody spoke.`;
  const rows = tracks.map((track) => [
    track.name,
    track.file,
    String(track.packets),
    String(track.lost),
    String(track.late),
    String(track.undecryptable),
  ]);
  const titles = ['Name', 'File', 'Packets', 'Lost', 'Late', 'Undecryptable'];
  return `${head}\n\n${formatTable(['left', 'left', 'right', 'right', 'right', 'right'], [titles, ...rows])}`;
}

/** Whole seconds are enough while looking. */
function clock(samples: number): string {
  return formatTime(Math.floor(samples / 48_000) * 48_000);
}
