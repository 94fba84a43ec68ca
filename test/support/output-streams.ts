import { PassThrough } from 'node:stream';

/** Streams for stdout and stderr, and what was written to them. */
export function streams(isTTY = false): {
  stdout: PassThrough & { isTTY: boolean };
  stderr: PassThrough & { isTTY: boolean };
  text: () => { stdout: string; stderr: string };
} {
  const make = (): PassThrough & { isTTY: boolean } =>
    Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  const [stdout, stderr] = [make(), make()];
  const read = (stream: PassThrough): string => String(stream.read() ?? '');
  return { stdout, stderr, text: () => ({ stdout: read(stdout), stderr: read(stderr) }) };
}
