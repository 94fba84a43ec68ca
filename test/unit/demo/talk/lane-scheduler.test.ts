import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LaneScheduler } from '../../../../main/demo/talk/lane-scheduler.ts';
import type { Lane } from '../../../../main/demo/talk/lane-scheduler.ts';

const calm = (): Lane => ({ isUrgent: () => false });

async function idle(scheduler: LaneScheduler): Promise<void> {
  while (!scheduler.isIdle) await setImmediate();
}

test('lane scheduler › a lane keeps its order and is finished before the next, an urgent one comes first', async () => {
  const scheduler = new LaneScheduler();
  const done: string[] = [];
  const [first, second] = [calm(), calm()];
  const urgent = { isUrgent: () => true };
  scheduler.schedule(first, () => done.push('first 1'));
  scheduler.schedule(second, () => done.push('second 1'));
  scheduler.schedule(first, () => done.push('first 2'));
  scheduler.afterAll(() => done.push('all'));
  scheduler.schedule(urgent, () => done.push('urgent'));
  scheduler.schedule(second, () => done.push('second 2'));
  expect(done).toEqual([]);
  await idle(scheduler);
  expect(done).toEqual(['urgent', 'first 1', 'first 2', 'second 1', 'second 2', 'all']);
});

test('lane scheduler › work added during a turn runs in the next one, and nothing runs after close', async () => {
  const scheduler = new LaneScheduler();
  const done: number[] = [];
  const lane = calm();
  scheduler.schedule(lane, () => {
    scheduler.schedule(lane, () => done.push(2));
    done.push(1);
  });
  await setImmediate();
  expect(done).toEqual([1]);
  scheduler.close();
  await setImmediate();
  expect(done).toEqual([1]);
});
