import { type FlightLog, noFlight } from './flight-log.ts';
import { writeJsonLine } from './json.ts';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts beside a message; never a token, a key or audio. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** One line per event, never per packet. */
export interface Log {
  readonly error: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly debug: (message: string, fields?: LogFields) => void;
  /** The same log under the name of a part, such as `voice`. */
  readonly child: (part: string) => Log;
  /** Is told of every line, whatever the level, and of what is too much for a log. */
  readonly flight: FlightLog;
}

/** Where finished lines go. */
export type LogSink = (level: LogLevel, line: string) => void;

/** A log that writes one JSON object a line and removes whatever looks like a bot token, wherever it stands. */
export function createLog(
  level: LogLevel,
  sink: LogSink,
  part = 'tapedeck',
  flight: FlightLog = noFlight,
): Log {
  const write =
    (at: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      flight.note('log', { level: at, part, message, fields });
      if (LOG_LEVELS.indexOf(at) > LOG_LEVELS.indexOf(level)) return;
      sink(
        at,
        writeJsonLine({ at: new Date().toISOString(), level: at, part, message, ...fields }),
      );
    };
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    child: (name) => createLog(level, sink, name, flight),
    flight,
  };
}

/** Drops every line. */
export const silentLog: Log = createLog('error', () => undefined);
