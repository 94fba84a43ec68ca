import { describe, expect, test } from 'vitest';
import { decoderWorks, failingTransportMode } from '../../../main/engine/self-test.ts';

describe('self-test', () => {
  test('this installation opens known packets and decodes known speech', () => {
    expect(failingTransportMode()).toBeNull();
    expect(decoderWorks()).toBe(true);
  });
});
