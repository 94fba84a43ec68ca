import type { LogLevel } from '../base/log.ts';

/** A command line that was read and found good: what to do, with every value checked and typed. */
export type Command =
  | ChannelsCommand
  | DoctorCommand
  | RecordCommand
  | ListCommand
  | ExportCommand
  | VerifyCommand
  | DemoServerCommand;

/** Options of every command. Files and folders are as typed, relative ones too. */
export interface CommonOptions {
  readonly json: boolean;
  readonly apiUrl: string | null;
  readonly tokenFile: string | null;
  readonly logLevel: LogLevel | null;
}

export interface ChannelsCommand extends CommonOptions {
  readonly name: 'channels';
}

export interface DoctorCommand extends CommonOptions {
  readonly name: 'doctor';
  readonly channelId: string | null;
}

export interface RecordCommand extends CommonOptions {
  readonly name: 'record';
  readonly channelId: string;
  readonly durationSeconds: number | null;
  readonly out: string | null;
  /** Export one WAV a speaker on stop. */
  readonly exportWav: boolean;
  readonly mixdown: boolean;
  readonly noNotice: boolean;
  readonly onMove: 'follow' | 'stop';
  readonly stopWhenEmptyMinutes: number | null;
  /** Ids of those who are left out. */
  readonly exclude: readonly string[];
}

export interface ListCommand extends CommonOptions {
  readonly name: 'list';
  readonly out: string | null;
}

export interface ExportCommand extends CommonOptions {
  readonly name: 'export';
  readonly recording: string;
  readonly mixdown: boolean;
  /** Null: all tracks. */
  readonly userIds: readonly string[] | null;
  /** Null: from the recording's start. */
  readonly from: TypedTime | null;
  /** Null: to the recording's end. */
  readonly to: TypedTime | null;
  readonly out: string | null;
}

export interface VerifyCommand extends CommonOptions {
  readonly name: 'verify';
  readonly recording: string;
}

export interface DemoServerCommand extends CommonOptions {
  readonly name: 'demo-server';
  readonly port: number | null;
  readonly speakers: number | null;
  readonly scenario: string | null;
  readonly seed: number | null;
}

/** A place in a recording, and how it was written, to be quoted back. */
export interface TypedTime {
  readonly samples: number;
  readonly text: string;
}
