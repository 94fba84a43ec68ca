import { text } from '../../preload/contract/messages/text.ts';
import { formatClock } from '../base/format-time.ts';
import type { Session } from '../session/session.ts';
import type { SessionEvent } from '../session/session-event.ts';
import type { Output } from './output.ts';
import { formatTable } from './table.ts';

const REFRESH_MS = 1_000;

/** Shows a recording to a person: a line for each event, a status line at the bottom of a terminal, a table at the end. */
export class RecordStatus implements Disposable {
  readonly #output: Output;
  /** Who is in the channel, by id. */
  readonly #present = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;
  readonly #tracks = new Set<string>();
  #e2eeVersion = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Writes the status line once a second until disposed. */
  follow(session: Session): void {
    const show = (): void => {
      const line = text('cli.record.status', {
        time: formatClock(session.samples),
        people: this.#present.size,
        tracks: this.#tracks.size,
        megabytes: session.view().bytesWritten / 1e6,
      });
      this.#output.status(line);
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

  /** The line for a privacy code, first or changed, and for the end of encryption; null while the call has no encryption. */
  #e2eeLine({ version, privacyCode }: SessionEvent<'e2ee'>): string | null {
    const before = this.#e2eeVersion;
    this.#e2eeVersion = version;
    if (version === 0) return before > 0 ? text('cli.record.encryption-ended') : null;
    if (privacyCode === null) return null;
    const groups = privacyCode.match(/.{1,5}/g) ?? [];
    return text('cli.record.encrypted', { code: groups.join(' ') });
  }

  #lineFor(event: SessionEvent): string | null {
    switch (event.event) {
      case 'connected':
        return text('cli.record.connected', { name: event.user.name });
      case 'joined':
        return text('cli.record.joined', { folder: event.recording });
      case 'notice':
        return event.ok ? null : text(`cli.record.notice-failed.${event.kind}`);
      case 'present':
        this.#present.set(event.userId, event.name);
        return text('cli.record.present', { name: event.name });
      case 'left':
        this.#present.delete(event.userId);
        return text('cli.record.left', { name: event.name });
      case 'speaker':
        this.#tracks.add(event.track); // told again when its person becomes known
        return text('cli.record.speaker', {
          name: event.name === '' ? text('cli.record.somebody') : event.name,
          track: event.track,
        });
      case 'excluded': {
        const name = this.#present.get(event.userId) ?? event.userId;
        if (!event.excluded) return text('cli.record.included', { name });
        return text(`cli.record.excluded.${event.by}`, { name });
      }
      case 'moved':
        return text('cli.record.moved', { channel: event.channelName });
      case 'gap':
        return text('cli.record.gap', {
          time: formatClock(event.toSamples - event.fromSamples),
          reason: event.reason,
        });
      case 'warning':
        return text('cli.record.warning', { message: event.message });
      case 'e2ee':
        return this.#e2eeLine(event);
      case 'stopped':
        return stoppedText(event);
    }
  }
}

const COLUMNS = ['name', 'file', 'packets', 'lost', 'late', 'undecryptable'] as const;

function stoppedText({ reason, samples, tracks }: SessionEvent<'stopped'>): string {
  const known = { stopped: text(`cli.stopped.${reason}`), time: formatClock(samples) };
  if (tracks.length === 0) return text('cli.record.nobody', known);
  const titles = COLUMNS.map((column) => text(`cli.record.column.${column}`));
  const rows = tracks.map((track) => COLUMNS.map((column) => String(track[column])));
  const table = formatTable(
    ['left', 'left', 'right', 'right', 'right', 'right'],
    [titles, ...rows],
  );
  return `${text('cli.record.recorded', known)}\n\n${table}`;
}
