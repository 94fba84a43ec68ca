/** Memory of this process in one part of a long run, in bytes. */
export interface MemoryOfPart {
  /** Highest use after a collection: JavaScript's heap and memory outside that it holds. */
  readonly heldBytes: number;
  /** Highest use before a collection. */
  readonly usedBytes: number;
  /** Highest resident set. */
  readonly residentBytes: number;
}

/** Watches memory over a run, part by part. `heldBytes` needs `--expose-gc`; without it, it is `usedBytes`. */
export class MemoryByPart {
  readonly parts: MemoryOfPart[] = [];

  sample(part: number): void {
    const { rss, heapUsed, external } = process.memoryUsage();
    const usedBytes = heapUsed + external;
    globalThis.gc?.();
    const after = process.memoryUsage();
    const before = this.parts[part] ?? { heldBytes: 0, usedBytes: 0, residentBytes: 0 };
    this.parts[part] = {
      heldBytes: Math.max(before.heldBytes, after.heapUsed + after.external),
      usedBytes: Math.max(before.usedBytes, usedBytes),
      residentBytes: Math.max(before.residentBytes, rss),
    };
  }

  /** `heldBytes` of the last part, divided by that of the first. */
  get growth(): number {
    return (this.parts.at(-1)?.heldBytes ?? NaN) / (this.parts[0]?.heldBytes ?? NaN);
  }
}
