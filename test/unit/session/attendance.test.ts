import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import type { PersonInfo } from '../../../main/discord/voice-state.ts';
import { Attendance } from '../../../main/session/attendance.ts';
import type { ToldEvent } from '../../../main/session/session-event.ts';

function person(userId: string, change: Partial<PersonInfo> = {}): PersonInfo {
  const muted = { muted: false, deafened: false, sessionId: null, hasCamera: false };
  return { userId, name: `name of ${userId}`, bot: false, ...muted, ...change };
}

function attendance() {
  const told: ToldEvent[] = [];
  const tell = (event: ToldEvent): void => void told.push(event);
  return {
    told,
    people: new Attendance({ ownId: '1', leftOutBy: () => null, isLeftOut: () => false, tell }),
  };
}

describe('attendance', () => {
  test('has humans and nameless people as whoever counts everyone anew would say', () => {
    const { people } = attendance();
    const random = new SeededRandom(7);
    for (let step = 0; step < 2_000; step += 1) {
      const userId = String(2 + random.integer(6));
      const name = random.chance(0.5) ? userId : `name of ${userId}`;
      const bot = Number(userId) % 2 === 0;
      switch (random.integer(4)) {
        case 0:
          people.arrived(person(userId, { name, bot }), step);
          break;
        case 1:
          people.left(userId, step);
          break;
        case 2:
          people.named(userId, `name of ${userId}`, step);
          break;
        case 3:
          people.gathered(random.chance(0.5) ? [] : [person(userId, { name, bot })], step);
          break;
      }
      const all = people.all();
      const present = all.filter(({ leftAtSamples }) => leftAtSamples === null);
      expect(people.hasHumans).toBe(present.some((one) => !one.bot));
      const nameless = all.filter((one) => one.name === one.userId);
      expect([...people.nameless()].sort()).toEqual(nameless.map((one) => one.userId).sort());
    }
  });

  test('tells a coming and a going once', () => {
    const { people, told } = attendance();
    people.arrived(person('2'), 5);
    people.arrived(person('2'), 6);
    people.arrived(person('1'), 7); // our own bot
    people.left('2', 8);
    people.left('2', 9);
    expect(told.map(({ event, samples }) => [event, samples])).toEqual([
      ['present', 5],
      ['left', 8],
    ]);
  });
});
