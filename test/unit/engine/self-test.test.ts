import { describe, expect, test } from 'vitest';
import {
  decoderWorks,
  encryptsEndToEnd,
  failingTransportMode,
} from '../../../main/engine/self-test.ts';

describe('self-test', () => {
  test('this installation opens known packets, encrypts and decodes known speech', () => {
    expect(failingTransportMode()).toBeNull();
    expect(decoderWorks()).toBe(true);
    expect(encryptsEndToEnd()).toBe(true);
  });
});
