import type * as files from 'node:fs/promises';

type Files = typeof files;

/** Methods of a file handle that change the disk. */
const CHANGES = new Set<string | symbol>([
  'write',
  'writeFile',
  'appendFile',
  'truncate',
  'sync',
  'datasync',
]);

const SYNCS = new Set<string | symbol>(['sync', 'datasync']);

/** A process that dies at one of the steps by which it changes the disk: nothing that it does later reaches the disk. */
class DyingDisk {
  #steps = 0;
  #diesAt = Infinity;
  readonly #handles = new Set<files.FileHandle>();

  /** Whether the death came. */
  get isDead(): boolean {
    return this.#steps > this.#diesAt;
  }

  /** Dies at the change with that number, counted from here on; the first is 0. A write is done by half. */
  dieAt(step: number): void {
    this.#steps = 0;
    this.#diesAt = step;
  }

  /** From here on everything works; what the dead process had open is closed. */
  async live(): Promise<void> {
    this.dieAt(Infinity);
    for (const handle of this.#handles) await handle.close();
    this.#handles.clear();
  }

  /** Files that go through this disk. */
  wrap(real: Files): Files {
    const step = <Call extends (...given: never[]) => unknown>(call: Call): Call =>
      new Proxy(call, {
        apply: (target, self, given: unknown[]): Promise<unknown> =>
          Promise.resolve().then((): unknown => {
            this.#pass();
            return Reflect.apply(target, self, given);
          }),
      });
    const open = new Proxy(real.open, {
      apply: async (target, self, given: Parameters<Files['open']>) => {
        const [, flags] = given;
        if (typeof flags === 'number' && (flags & real.constants.O_CREAT) !== 0) this.#pass();
        return this.#handle(await target.apply(self, given));
      },
    });
    return { ...real, open, rename: step(real.rename), rm: step(real.rm), mkdir: step(real.mkdir) };
  }

  #handle(handle: files.FileHandle): files.FileHandle {
    if (this.#diesAt < Infinity) this.#handles.add(handle);
    return new Proxy(handle, {
      get: (target, key): unknown => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        return async (...given: readonly unknown[]): Promise<unknown> => {
          const half = halfOf(given[0]);
          if (CHANGES.has(key) && this.#steps === this.#diesAt && half !== null)
            await Reflect.apply(member, target, [half, ...given.slice(1)]);
          if (CHANGES.has(key)) this.#pass();
          if (SYNCS.has(key)) return undefined; // a dead process takes nothing along that a sync would keep
          return Reflect.apply(member, target, given);
        };
      },
    });
  }

  #pass(): void {
    this.#steps += 1;
    if (this.isDead) throw Object.assign(new Error('the process is dead'), { code: 'EIO' });
  }
}

function halfOf(written: unknown): string | null {
  return typeof written === 'string' ? written.slice(0, written.length / 2) : null;
}

/** For `vi.mock('node:fs/promises')`. */
export const dyingDisk = new DyingDisk();
