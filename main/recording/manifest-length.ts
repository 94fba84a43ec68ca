import type { Manifest } from './manifest.ts';

/** The manifest with presence, gaps, markers and pauses cut to its `samples`. */
export function withinLength(manifest: Manifest): Manifest {
  const { samples } = manifest;
  const cut = (at: number): number => Math.min(at, samples);
  return {
    ...manifest,
    people: manifest.people.map((person) => ({
      ...person,
      present: person.present.map(([from, to]) => [cut(from), cut(to ?? samples)]),
    })),
    gaps: manifest.gaps
      .filter(({ fromSamples }) => fromSamples < samples)
      .map((gap) => ({ ...gap, toSamples: cut(gap.toSamples) })),
    markers: manifest.markers.map((marker) => ({ ...marker, samples: cut(marker.samples) })),
    pauses: manifest.pauses.filter(([from]) => from < samples).map(([from, to]) => [from, cut(to)]),
  };
}

/** A sentence for each gap, pause, marker and presence that ends after `samples` or before it begins. */
export function lengthFaults(manifest: Manifest): string[] {
  const { samples, gaps, pauses, markers, people } = manifest;
  const stretches = [
    ...gaps.map(({ fromSamples, toSamples }) => ['gap', fromSamples, toSamples] as const),
    ...pauses.map(([from, to]) => ['pause', from, to] as const),
    ...markers.map((marker) => ['marker', marker.samples, marker.samples] as const),
    ...people.flatMap(({ present }) =>
      present.map(([from, to]) => ['presence', from, to ?? samples] as const),
    ),
  ];
  return stretches
    .filter(([, from, to]) => from > to || to > samples)
    .map(
      ([what, from, to]) =>
        `${what} from ${String(from)} to ${String(to)} is not within ${String(samples)} samples`,
    );
}
