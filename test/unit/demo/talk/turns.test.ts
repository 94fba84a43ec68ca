import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from '../../../../main/demo/talk/turns.ts';
import type { Lane } from '../../../../main/demo/talk/turns.ts';

const calm = (): Lane => ({ isUrgent: () => false });

async function idle(turns: Turns): Promise<void> {
  while (!turns.isIdle) await setImmediate();
}

test('turns › a lane keeps its order and is gone through to its end, an urgent one comes first', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const [first, second] = [calm(), calm()];
  const urgent = { isUrgent: () => true };
  turns.take(first, () => done.push('first 1'));
  turns.take(second, () => done.push('second 1'));
  turns.take(first, () => done.push('first 2'));
  turns.afterAll(() => done.push('all'));
  turns.take(urgent, () => done.push('urgent'));
  turns.take(second, () => done.push('second 2'));
  expect(done).toEqual([]);
  await idle(turns);
  expect(done).toEqual(['urgent', 'first 1', 'first 2', 'second 1', 'second 2', 'all']);
});

test('turns › what is given in a turn waits for another one, and nothing runs after the close', async () => {
  const turns = new Turns();
  const done: number[] = [];
  const lane = calm();
  turns.take(lane, () => {
    turns.take(lane, () => done.push(2));
    done.push(1);
  });
  await setImmediate();
  expect(done).toEqual([1]);
  turns.close();
  await setImmediate();
  expect(done).toEqual([1]);
});
