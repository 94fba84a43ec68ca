import { z } from 'zod';
import type {
  FlightFacts,
  FlightKind,
  FlightLog,
  PacketFate,
  Step,
  StepFacts,
} from '../../main/base/flight-log.ts';
import { newestRuns } from '../../main/flight/flight-file.ts';
import { flightFolder } from '../../main/flight/flight-file.ts';

const line = z.looseObject({ ms: z.number().optional(), kind: z.string().optional() });

/** One line of a flight record. */
export type FlightLine = z.infer<typeof line>;

/** The text of the newest run in that folder of logs. */
export async function flightText(logs: string): Promise<string> {
  const [newest] = await newestRuns(flightFolder(logs), Infinity);
  return newest?.text ?? '';
}

/** The lines of a flight record, oldest first. */
export function flightLines(text: string): FlightLine[] {
  return text
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => line.parse(JSON.parse(each)));
}

/** Hands everything on to a recorder, and keeps it as it was: with all that no file may hold. */
export class FlightSpy implements FlightLog {
  readonly notes: { readonly kind: FlightKind; readonly facts: FlightFacts }[] = [];
  readonly payloads: Uint8Array[] = [];
  readonly #recorder: FlightLog;

  constructor(recorder: FlightLog) {
    this.#recorder = recorder;
  }

  note(kind: FlightKind, facts: FlightFacts): void {
    this.notes.push({ kind, facts });
    this.#recorder.note(kind, facts);
  }

  step(step: Step): void {
    this.#recorder.step(step);
  }

  datagram(datagram: Uint8Array, kind: string): void {
    this.#recorder.datagram(datagram, kind);
  }

  packet(fate: PacketFate, bytes: Uint8Array, why?: string | null): void {
    if (fate === 'transport-opened') this.payloads.push(Uint8Array.from(bytes));
    this.#recorder.packet(fate, bytes, why);
  }

  failure(code: string): StepFacts {
    return this.#recorder.failure(code);
  }
}
