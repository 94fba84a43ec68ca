/** Unsigned integers and vectors as MLS writes them: big-endian, lengths as QUIC-style integers (RFC 9420 §2.1). */
export function u8(value: number): Buffer {
  return Buffer.of(value);
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function u64(value: bigint | number | string): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** `opaque<V>`: the length in one, two or four bytes, then the bytes. */
export function vec(bytes: Uint8Array): Buffer {
  const { byteLength } = bytes;
  if (byteLength < 0x40) return Buffer.concat([u8(byteLength), bytes]);
  if (byteLength < 0x4000) return Buffer.concat([u16(0x4000 + byteLength), bytes]);
  return Buffer.concat([u32(0x8000_0000 + byteLength), bytes]);
}

/**
 * Reads MLS structures from untrusted bytes. From the first read past the end, or of an impossible length, reads return
 * zeros and empty vectors and `isBroken` is true: check `isBroken` once, after the last read.
 */
export class MlsReader {
  readonly bytes: Buffer;
  at = 0;
  isBroken = false;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes not read yet; 0 once broken. */
  get leftBytes(): number {
    return this.isBroken ? 0 : this.bytes.byteLength - this.at;
  }

  /** A view, not a copy. */
  take(count: number): Buffer {
    if (this.isBroken || count > this.leftBytes) {
      this.isBroken = true;
      return Buffer.alloc(0);
    }
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  u16(): number {
    const bytes = this.take(2);
    return this.isBroken ? 0 : bytes.readUInt16BE();
  }

  u32(): number {
    const bytes = this.take(4);
    return this.isBroken ? 0 : bytes.readUInt32BE();
  }

  u64(): bigint {
    const bytes = this.take(8);
    return this.isBroken ? 0n : bytes.readBigUInt64BE();
  }

  vec(): Buffer {
    const first = this.u8();
    const lengthBytes = 1 << (first >> 6);
    if (lengthBytes === 8) this.isBroken = true; // reserved (RFC 9000 §16 has it, MLS has not)
    let count = first & 0x3f;
    for (let more = 1; more < lengthBytes; more += 1) count = count * 256 + this.u8();
    return this.take(count);
  }
}
