/** A time of [from, to) in which nothing is recorded. */
export interface Stretch {
  /** `outage`: the network; `break`: no voice session; `pause`: the user's. */
  readonly kind: 'outage' | 'pause' | 'break';
  readonly fromMs: number;
  readonly toMs: number;
}

/** The time in which a person has left the call. */
export interface Absence {
  readonly talker: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What happens in a simulated call, apart from talk; times in milliseconds from sample 0, multiples of 20 ms. */
export interface Plan {
  readonly wholeMs: number;
  /** More than 10 s lie between any two. The last one begins at the recording's end. */
  readonly stretches: readonly Stretch[];
  readonly absences: readonly Absence[];
  readonly markersMs: readonly number[];
}

const HOUR_MS = 3_600_000;
const STEP_MS = 20;

/** The events of each hour: when, as a share of the hour, and for how long. */
const STRETCHES = [
  { kind: 'outage', at: 0.15, lengthMs: 6_000 },
  { kind: 'pause', at: 0.32, lengthMs: 10_000 },
  { kind: 'break', at: 0.6, lengthMs: 3_000 },
  { kind: 'outage', at: 0.8, lengthMs: 9_000 },
] as const;
const ABSENCES = [
  { at: 0.22, share: 0.1 },
  { at: 0.42, share: 0.3 },
  { at: 0.7, share: 0.05 },
] as const;
const MARKERS = [0.1, 0.5, 0.9] as const;

/** The plan of a call: the same events every hour, or, in a call shorter than two hours, in each half. */
export function makePlan({
  hours,
  speakers,
}: {
  readonly hours: number;
  readonly speakers: number;
}): Plan {
  const wholeMs = toStep(hours * HOUR_MS);
  const hourMs = Math.min(HOUR_MS, wholeMs / 2);
  const stretches: Stretch[] = [];
  const absences: Absence[] = [];
  const markersMs: number[] = [];
  for (let hour = 0; (hour + 1) * hourMs <= wholeMs; hour += 1) {
    const at = (share: number): number => toStep((hour + share) * hourMs);
    for (const { kind, at: share, lengthMs } of STRETCHES) {
      stretches.push({ kind, fromMs: at(share), toMs: at(share) + lengthMs });
    }
    ABSENCES.forEach(({ at: from, share }, index) => {
      const talker = 1 + ((hour * ABSENCES.length + index) % (speakers - 1)); // the first person never leaves
      absences.push({ talker, fromMs: at(from), toMs: at(from + share) });
    });
    markersMs.push(...MARKERS.map(at));
  }
  stretches.push({ kind: 'break', fromMs: wholeMs, toMs: Infinity });
  return { wholeMs, stretches, absences, markersMs };
}

function toStep(ms: number): number {
  return Math.round(ms / STEP_MS) * STEP_MS;
}
