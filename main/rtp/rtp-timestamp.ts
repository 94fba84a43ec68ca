import type { Brand } from '../base/brand.ts';

/** RTP timestamp: unsigned 32-bit, 48 kHz samples, random origin, wraps every 24.9 hours (RFC 3550 §5.1). */
export type RtpTimestamp = Brand<number, 'RtpTimestamp'>;

/** Any integer as an RTP timestamp: taken modulo 2³². */
export function toRtpTimestamp(value: number): RtpTimestamp {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the brand's only constructor
  return (value >>> 0) as RtpTimestamp;
}
