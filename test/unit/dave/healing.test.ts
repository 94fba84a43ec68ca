import { describe, expect, test } from 'vitest';
import { Healing } from '../../../main/dave/healing.ts';

const [ANN, BEN] = ['158049329150427136', '158533742254751744'];

/** The steps other than `wait` after `count` frames that are given up at the same moment. */
function giveUp(healing: Healing, count: number, nowMs: number, userId = ANN): string[] {
  const steps = Array.from({ length: count }, () => healing.gaveUp(userId, nowMs));
  return steps.filter((step) => step !== 'wait');
}

describe('healing', () => {
  test('begins at the 36th given-up frame in a row', () => {
    const healing = new Healing();
    expect(giveUp(healing, 35, 0)).toEqual([]);
    expect(giveUp(healing, 1, 0)).toEqual(['heal']);
  });

  test('counts from 0 after a frame that opened, and after keys changed', () => {
    const healing = new Healing();
    giveUp(healing, 35, 0);
    healing.opened(ANN);
    expect(giveUp(healing, 35, 0)).toEqual([]);
    healing.keysChanged(100);
    expect(giveUp(healing, 1, 3_100)).toEqual([]);
    expect(giveUp(healing, 35, 3_100)).toEqual(['heal']);
  });

  test('does not count frames within 3 s after keys changed', () => {
    const healing = new Healing();
    healing.keysChanged(0);
    expect(giveUp(healing, 100, 2_999)).toEqual([]);
    expect(giveUp(healing, 36, 3_000)).toEqual(['heal']);
  });

  test('begins once in 10 s at most, and five times when it does not help', () => {
    const healing = new Healing();
    const steps = Array.from({ length: 100 }, (_, second) => giveUp(healing, 50, second * 1_000));
    expect(steps.flat().slice(0, 6)).toEqual(['heal', 'heal', 'heal', 'heal', 'heal', 'exhausted']);
    expect(steps.flat()).toHaveLength(10);
    healing.opened(ANN);
    expect(giveUp(healing, 36, 200_000)).toEqual(['heal']);
  });

  test('does not count frames of a user of whom none opened, once another user’s opened', () => {
    const healing = new Healing();
    healing.opened(BEN);
    expect(giveUp(healing, 100, 0)).toEqual([]);
    healing.groupLeft();
    expect(giveUp(healing, 36, 0)).toEqual(['heal']);
    healing.keysChanged(20_000);
    expect(giveUp(healing, 36, 23_000)).toEqual(['heal']);
  });

  test('counts frames of a user whose frames opened before: the others are in another epoch', () => {
    const healing = new Healing();
    healing.opened(BEN);
    expect(giveUp(healing, 36, 0, BEN)).toEqual(['heal']);
  });

  test('reports five messages in a row that cannot be followed, and five more after joining a group', () => {
    const healing = new Healing();
    const five = Array.from({ length: 7 }, () => healing.mayReport());
    expect(five).toEqual([true, true, true, true, true, false, false]);
    healing.takenIn();
    expect(healing.mayReport()).toBe(true);
  });
});
