import { expect, test } from 'vitest';
import { Annotations } from '../../../main/session/annotations.ts';
import type { ToldEvent } from '../../../main/session/session-event.ts';

function annotated() {
  const told: ToldEvent[] = [];
  const annotations = new Annotations((event) => told.push(event));
  const reasons = (): unknown[] => told.map((event) => (event.event === 'gap' ? event.reason : 0));
  return { annotations, reasons };
}

test('a gap of a new server is told 5 s later', () => {
  const { annotations, reasons } = annotated();
  annotations.connectionLost(0);
  annotations.connectionBack('server-move', 48_000);
  annotations.tick(48_000 * 6 - 1);
  expect(reasons()).toEqual([]);
  annotations.tick(48_000 * 6);
  annotations.tick(48_000 * 7);
  annotations.moved();
  expect(reasons()).toEqual(['server-move']);
  expect(annotations.gaps).toEqual([{ reason: 'server-move', fromSamples: 0, toSamples: 48_000 }]);
});

test('a move within that time is its reason', () => {
  const { annotations, reasons } = annotated();
  annotations.connectionLost(0);
  annotations.connectionBack('server-move', 48_000);
  annotations.moved();
  annotations.tick(1e9);
  annotations.end(2e9);
  expect(reasons()).toEqual(['channel-move']);
});

test.each([
  ['the next loss', (annotations: Annotations) => annotations.connectionLost(50_000)],
  ['the end', (annotations: Annotations) => annotations.end(50_000)],
])('it is told before %s', (_, act) => {
  const { annotations, reasons } = annotated();
  annotations.connectionLost(0);
  annotations.connectionBack('server-move', 48_000);
  act(annotations);
  expect(reasons()).toEqual(['server-move']);
});

test('a gap of any other reason is told at once', () => {
  const { annotations, reasons } = annotated();
  annotations.connectionLost(0);
  annotations.connectionBack('reconnect', 48_000);
  expect(reasons()).toEqual(['reconnect']);
});
