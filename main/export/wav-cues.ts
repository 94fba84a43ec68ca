import type { Manifest } from '../recording/manifest.ts';
import { concatBytes, MAX_UINT32, writeChunk, writeFourCc, writeText } from './riff-chunk.ts';

/** A named place in a file: a marker (no length) or a gap. In samples from the file's first sample. */
export interface Cue {
  readonly samples: number;
  readonly lengthSamples: number;
  readonly label: string;
}

const MOST_LABEL_BYTES = 1000;

/**
 * The recording's markers by their note and its gaps by their reason, as far as they touch the exported range, in order
 * of time. A gap is cut to the range.
 */
export function cuesOf(
  manifest: Pick<Manifest, 'markers' | 'gaps'>,
  range: { readonly fromSamples: number; readonly toSamples: number },
): Cue[] {
  const { fromSamples, toSamples } = range;
  const cues: Cue[] = [];
  for (const marker of manifest.markers) {
    if (marker.samples < fromSamples || marker.samples >= toSamples) continue;
    cues.push({ samples: marker.samples - fromSamples, lengthSamples: 0, label: marker.note });
  }
  for (const gap of manifest.gaps) {
    const start = Math.max(gap.fromSamples, fromSamples);
    const end = Math.min(gap.toSamples, toSamples);
    if (start >= end) continue;
    cues.push({ samples: start - fromSamples, lengthSamples: end - start, label: gap.reason });
  }
  return cues
    .filter((cue) => cue.samples + cue.lengthSamples <= MAX_UINT32) // a cue has no more bits: 24.8 hours
    .sort((a, b) => a.samples - b.samples);
}

/**
 * `cue ` and the `LIST` of type `adtl` that names its points: a `labl` each, and an `ltxt` of purpose `rgn ` where there
 * is a length, which editors show as a region (Multimedia Programming Interface 1.0, "cue-ck" and "assoc-data-list").
 * Empty when there are no cues.
 */
export function writeCueChunks(cues: readonly Cue[]): Uint8Array {
  if (cues.length === 0) return new Uint8Array(0);
  const points = new Uint8Array(4 + cues.length * 24);
  const view = new DataView(points.buffer);
  view.setUint32(0, cues.length, true);
  cues.forEach((cue, index) => {
    const at = 4 + index * 24;
    view.setUint32(at, index + 1, true); // dwName: the id that labels refer to
    view.setUint32(at + 4, cue.samples, true); // dwPosition: in play order
    writeFourCc(view, at + 8, 'data'); // fccChunk
    // +12 dwChunkStart and +16 dwBlockStart: 0, there is one data chunk
    view.setUint32(at + 20, cue.samples, true); // dwSampleOffset
  });
  const texts = cues.flatMap((cue, index) => [
    writeLabel(index + 1, cue.label),
    ...(cue.lengthSamples > 0 ? [writeRegion(index + 1, cue.lengthSamples)] : []),
  ]);
  const type = new TextEncoder().encode('adtl');
  return concatBytes([
    writeChunk('cue ', points),
    writeChunk('LIST', concatBytes([type, ...texts])),
  ]);
}

function writeLabel(id: number, label: string): Uint8Array {
  const text = writeText(label, MOST_LABEL_BYTES);
  const body = new Uint8Array(4 + text.byteLength + 1); // dwName, text, NUL
  new DataView(body.buffer).setUint32(0, id, true);
  body.set(text, 4);
  return writeChunk('labl', body);
}

function writeRegion(id: number, lengthSamples: number): Uint8Array {
  const body = new Uint8Array(20); // country, language, dialect and code page: 0, unspecified
  const view = new DataView(body.buffer);
  view.setUint32(0, id, true);
  view.setUint32(4, lengthSamples, true);
  writeFourCc(view, 8, 'rgn ');
  return writeChunk('ltxt', body);
}
