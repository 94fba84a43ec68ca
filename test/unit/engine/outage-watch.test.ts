import { expect, test } from 'vitest';
import { OutageWatch, type Outage } from '../../../main/engine/outage-watch.ts';
import { Speakers, type Stream } from '../../../main/engine/speakers.ts';

/** One stream of somebody, packets of 20 ms. */
class Voice {
  readonly #stream: Stream;
  readonly #watch: OutageWatch;
  #sequence = 0;

  constructor(stream: Stream, watch: OutageWatch) {
    this.#stream = stream;
    this.#watch = watch;
  }

  get lost(): number {
    return this.#stream.ledger.counts().lost;
  }

  /** Numbers that pass unheard. */
  unheard(count: number): void {
    this.#sequence += count;
  }

  heard(fromMs: number, toMs = fromMs + 20): void {
    for (let atMs = fromMs; atMs < toMs; atMs += 20) {
      this.#watch.arrived(this.#stream, this.#sequence, atMs);
      this.#stream.ledger.admit(this.#sequence, atMs);
      this.#sequence += 1;
    }
  }
}

function rig(): { readonly outages: Outage[]; readonly ann: Voice; readonly ben: Voice } {
  const outages: Outage[] = [];
  const watch = new OutageWatch((outage) => outages.push(outage));
  const speakers = new Speakers();
  const voice = (ssrc: number, who: string): Voice =>
    new Voice(speakers.openStream(ssrc, who, who), watch);
  return { outages, ann: voice(1, '11'), ben: voice(2, '12') };
}

test('a pause of everybody is no outage', () => {
  const { outages, ann, ben } = rig();
  ann.heard(0, 1_000);
  ann.unheard(3);
  ben.heard(0, 1_000);
  ann.heard(9_000, 10_000);
  ben.heard(9_000, 10_000);
  expect(outages).toEqual([]);
  expect(ann.lost).toBe(3);
});

test('numbers that went on while nothing came are an outage, and nobody’s loss', () => {
  const { outages, ann, ben } = rig();
  ann.heard(0, 1_000);
  ben.heard(0, 1_000);
  ann.unheard(200);
  ben.unheard(200);
  ann.heard(5_000, 6_000);
  ben.heard(5_000, 6_000);
  expect(outages).toEqual([{ reason: 'network', fromMs: 980, toMs: 5_000 }]);
  expect([ann.lost, ben.lost]).toEqual([0, 0]);
});

test('who was silent may be heard first behind an outage', () => {
  const { outages, ann, ben } = rig();
  ann.heard(0, 500);
  ben.heard(0, 1_000);
  ben.unheard(200);
  ann.heard(5_000, 5_100);
  ben.heard(5_060, 6_000);
  expect(outages).toEqual([{ reason: 'network', fromMs: 980, toMs: 5_000 }]);
  expect(ben.lost).toBe(0);
});

test('who is heard late behind an outage does not make another one', () => {
  const { outages, ann, ben } = rig();
  ann.heard(0, 1_000);
  ben.heard(0, 1_000);
  ann.unheard(200);
  ben.unheard(150);
  ann.heard(5_000, 6_000);
  ann.unheard(2);
  ben.heard(30_000, 31_000);
  ann.heard(30_000, 31_000);
  expect(outages).toEqual([{ reason: 'network', fromMs: 980, toMs: 5_000 }]);
  expect([ann.lost, ben.lost]).toEqual([2, 0]);
});
