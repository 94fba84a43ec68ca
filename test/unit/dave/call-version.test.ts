import { describe, expect, test } from 'vitest';
import { CallVersion } from '../../../main/dave/call-version.ts';

/** The state of a call of that version. */
function call(version: number): CallVersion {
  const call = new CallVersion();
  call.set(version, 0);
  return call;
}

describe('transitions of a call', () => {
  test('are executed once, to the version they were announced with', () => {
    const version = call(1);
    expect(version.newestTransition).toBe(0);
    version.prepare(7, 1, 0);
    version.prepare(8, 0, 0);
    expect(version.newestTransition).toBe(8);
    const executed = [8, 8, 9].map((id) => version.execute(id, 0));
    expect(executed).toEqual([0, null, null]);
    expect(version.current).toBe(0);
    expect(version.execute(7, 0)).toBe(1);
    expect([version.current, version.executed]).toEqual([1, 2]);
  });

  test('are under way for 10 s at most, but can be executed later', () => {
    const version = call(1);
    version.prepare(7, 1, 1_000);
    expect([version.isChanging(10_999), version.isChanging(11_000)]).toEqual([true, false]);
    expect(version.execute(7, 60_000)).toBe(1);
    expect(version.isChanging(1_000)).toBe(false);
  });

  test('beyond 64 the oldest one is dropped', () => {
    const version = call(1);
    for (let id = 1; id <= 65; id += 1) version.prepare(id, 1, 0);
    expect([1, 2, 65].map((id) => version.execute(id, 0))).toEqual([null, 1, 1]);
  });
});

describe('plain frames', () => {
  test('are allowed in a call of version 0, and in no other', () => {
    expect(call(0).mayBePlain(1e12)).toBe(true);
    expect(call(1).mayBePlain(0)).toBe(false);
  });

  test('are told from encrypted ones until 10 s after a downgrade', () => {
    const version = call(1);
    expect(version.mayBeEncrypted(1e12)).toBe(true);
    version.prepare(7, 0, 0);
    version.execute(7, 1_000);
    version.set(0, 5_000); // the version that it has already
    expect([version.mayBeEncrypted(10_999), version.mayBeEncrypted(11_000)]).toEqual([true, false]);
    expect(call(0).mayBeEncrypted(0)).toBe(false);
  });

  test('are allowed from the announcement of a downgrade on', () => {
    const version = call(1);
    version.prepare(7, 0, 0);
    expect(version.mayBePlain(1e12)).toBe(true);
    expect(version.current).toBe(1);
  });

  test('are allowed until 10 s after an upgrade was executed, whatever is executed meanwhile', () => {
    const version = call(0);
    version.prepare(7, 1, 0);
    expect(version.mayBePlain(1e12)).toBe(true);
    version.execute(7, 1_000);
    version.prepare(8, 1, 5_000);
    version.execute(8, 5_000);
    expect([version.mayBePlain(10_999), version.mayBePlain(11_000)]).toEqual([true, false]);
  });

  test('are refused after a downgrade that a new group overtook', () => {
    const version = call(1);
    version.prepare(7, 0, 0);
    version.forgetDowngrade();
    expect(version.execute(7, 0)).toBeNull();
    version.prepare(8, 1, 0);
    version.execute(8, 0);
    expect([version.current, version.mayBePlain(10_000)]).toEqual([1, false]);
  });
});
