import type { SpeakerSnapshot } from '../../preload/contract/snapshot.ts';
import { NO_COUNTS } from '../recording/manifest.ts';
import { NO_LOSS, type LossState } from '../session/loss-tally.ts';
import type { SessionView } from '../session/session.ts';

type Speaker = SessionView['speakers'][number];

type ShownCount = 'packets' | 'lost' | 'late' | 'undecryptable';

/** What one lane of the tape shows. */
interface Lane extends Omit<Speaker, 'counts'> {
  readonly counts: Pick<Speaker['counts'], ShownCount>;
}

/** One lane for each person, in order of first appearance, then one for each track that nobody was named for. */
export function toSpeakers({
  people,
  speakers,
  undecryptable,
}: Pick<SessionView, 'people' | 'speakers' | 'undecryptable'>): SpeakerSnapshot[] {
  const lanes = toLanes(speakers);
  const known = people.map(({ userId, name, leftAtSamples }): SpeakerSnapshot => {
    const lane = lanes.find((one) => one.userId === userId);
    const isPresent = leftAtSamples === null;
    return {
      track: lane?.track ?? null,
      userId,
      name,
      present: isPresent,
      leftAtSamples,
      undecryptableFromSamples: isPresent ? (undecryptable.get(userId) ?? null) : null,
      ...toFigures(lane),
    };
  });
  const others = lanes
    .filter(({ userId }) => !people.some((person) => person.userId === userId))
    .map((lane): SpeakerSnapshot => {
      const { track, userId, name } = lane;
      return {
        track,
        userId,
        name,
        present: true,
        leftAtSamples: null,
        undecryptableFromSamples: userId === null ? null : (undecryptable.get(userId) ?? null),
        ...toFigures(lane),
      };
    });
  return [...known, ...others];
}

/** A person has two tracks when an unknown one was named late. */
function toLanes(speakers: readonly Speaker[]): readonly Lane[] {
  const lanes: Lane[] = [];
  for (const speaker of speakers) {
    const { userId } = speaker;
    const index = lanes.findIndex((lane) => userId !== null && lane.userId === userId);
    const lane = lanes[index];
    if (lane === undefined) lanes.push(speaker);
    else lanes[index] = together(lane, speaker);
  }
  return lanes;
}

/** Two tracks of one person in one lane: it shows the one that is being spoken on, with the counts of both. */
function together(one: Lane, other: Lane): Lane {
  const shown = other.isLive && !one.isLive ? other : one;
  const [a, b] = [one.counts, other.counts];
  const counts = {
    packets: a.packets + b.packets,
    lost: a.lost + b.lost,
    late: a.late + b.late,
    undecryptable: a.undecryptable + b.undecryptable,
  };
  return { ...shown, counts, loss: worse(one.loss, other.loss) };
}

function worse(one: LossState, other: LossState): LossState {
  const later = (a: number | null, b: number | null): number | null =>
    a === null || b === null ? (a ?? b) : Math.max(a, b);
  return {
    recent: {
      all: Math.max(one.recent.all, other.recent.all),
      onTheWay: Math.max(one.recent.onTheWay, other.recent.onTheWay),
    },
    lastBars: {
      lost: later(one.lastBars.lost, other.lastBars.lost),
      late: later(one.lastBars.late, other.lastBars.late),
      undecryptable: later(one.lastBars.undecryptable, other.lastBars.undecryptable),
    },
  };
}

type Figures = Pick<
  SpeakerSnapshot,
  'packets' | 'lostPackets' | 'latePackets' | 'undecryptablePackets' | 'recentLoss' | 'lastLossBars'
>;

function toFigures(lane: Lane | undefined): Figures {
  const { packets, lost, late, undecryptable } = lane?.counts ?? NO_COUNTS;
  const { recent, lastBars } = lane?.loss ?? NO_LOSS;
  return {
    packets,
    lostPackets: lost + late + undecryptable,
    latePackets: late,
    undecryptablePackets: undecryptable,
    recentLoss: recent,
    lastLossBars: lastBars,
  };
}
