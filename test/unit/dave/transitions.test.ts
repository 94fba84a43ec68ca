import { describe, expect, test } from 'vitest';
import { Transitions } from '../../../main/dave/transitions.ts';

describe('transitions', () => {
  test('are executed once, with the version they were announced with', () => {
    const transitions = new Transitions();
    expect(transitions.newest).toBe(0);
    transitions.prepare(7, 1, 0);
    transitions.prepare(8, 0, 0);
    expect(transitions.newest).toBe(8);
    expect([transitions.execute(8), transitions.execute(8), transitions.execute(9)]).toEqual([
      0,
      null,
      null,
    ]);
    expect(transitions.execute(7)).toBe(1);
    expect(transitions.executed).toBe(2);
  });

  test('are under way for 10 s at most, and may be executed later all the same', () => {
    const transitions = new Transitions();
    transitions.prepare(7, 1, 1_000);
    expect([transitions.isPending(10_999), transitions.isPending(11_000)]).toEqual([true, false]);
    expect(transitions.execute(7)).toBe(1);
    expect(transitions.isPending(1_000)).toBe(false);
  });

  test('to a version that is not to come any more are forgotten', () => {
    const transitions = new Transitions();
    transitions.prepare(7, 0, 0);
    transitions.prepare(8, 1, 0);
    transitions.forget(0);
    expect([transitions.execute(7), transitions.execute(8)]).toEqual([null, 1]);
  });

  test('beyond 64 push the oldest out', () => {
    const transitions = new Transitions();
    for (let id = 1; id <= 65; id += 1) transitions.prepare(id, 1, 0);
    expect([transitions.execute(1), transitions.execute(2), transitions.execute(65)]).toEqual([
      null,
      1,
      1,
    ]);
  });
});
