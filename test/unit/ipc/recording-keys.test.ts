import { describe, expect, test, vi } from 'vitest';
import { RecordingKeys } from '../../../main/ipc/recording-keys.ts';

const refused = { ok: false, problem: { code: 'bad-request', details: {} } };

/** A deck that records, with one marker set. */
function session() {
  return {
    pause: vi.fn<() => void>(),
    resume: vi.fn<() => void>(),
    mark: vi.fn<(note: string) => number | null>(() => 0),
    noteMarker: vi.fn<(number: number, note: string) => boolean>((number) => number === 0),
  };
}

describe('keys of a recording', () => {
  test('while nothing is recorded each is refused with a problem', () => {
    const keys = new RecordingKeys(() => null);
    expect(keys.pause()).toEqual(refused);
    expect(keys.resume()).toEqual(refused);
    expect(keys.mark('')).toEqual(refused);
    expect(keys.noteMarker({ marker: 0, note: 'Ship reveal' })).toEqual(refused);
  });

  test('pause and go on reach the recording', () => {
    const live = session();
    const keys = new RecordingKeys(() => live);
    expect(keys.pause()).toEqual({ ok: true });
    expect(live.pause).toHaveBeenCalledOnce();
    expect(live.resume).not.toHaveBeenCalled();
    expect(keys.resume()).toEqual({ ok: true });
    expect(live.resume).toHaveBeenCalledOnce();
  });

  test('a marker answers its number, which takes the note typed after it', () => {
    const live = session();
    const keys = new RecordingKeys(() => live);
    expect(keys.mark('')).toEqual({ ok: true, marker: 0 });
    expect(keys.noteMarker({ marker: 0, note: 'Ship reveal' })).toEqual({ ok: true });
    expect(live.noteMarker).toHaveBeenCalledWith(0, 'Ship reveal');
  });

  test('what the session refuses while it stops is refused here', () => {
    const live = session();
    live.mark.mockReturnValue(null);
    const keys = new RecordingKeys(() => live);
    expect(keys.mark('')).toEqual(refused);
    expect(keys.noteMarker({ marker: 1, note: '' })).toEqual(refused);
  });
});
