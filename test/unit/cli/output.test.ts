import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Output } from '../../../main/cli/output.ts';
import { madeUpToken } from '../../support/made-up-token.ts';
import { streams } from '../../support/output-streams.ts';

describe('output', () => {
  test('with --json, events go to stdout and text for people to stderr', () => {
    const { text, ...both } = streams();
    const output = new Output({ ...both, mode: 'json' });
    output.say('hello');
    output.event({ event: 'joined', at: '2026-01-01T00:00:00.000Z', mode: 'x' });
    expect(text()).toEqual({
      stdout: '{"event":"joined","at":"2026-01-01T00:00:00.000Z","mode":"x"}\n',
      stderr: 'hello\n',
    });
  });

  test('without --json, text goes to stdout and no event appears', () => {
    const { text, ...both } = streams();
    const output = new Output({ ...both, mode: 'people' });
    output.event({ event: 'joined' });
    output.say('hello');
    output.complain('lost');
    expect(text()).toEqual({
      stdout: 'hello\n',
      stderr: 'lost\n',
    });
  });

  test('control characters of a name do not reach the terminal', () => {
    const { text, ...both } = streams();
    new Output({ ...both, mode: 'people' }).say('a\u001b[2Jb\rc\u009bd\ne');
    expect(text().stdout).toBe('a [2Jb c d\ne\n');
  });

  test('what shows nothing and turns or clears a line is escaped in JSON, and no token is printed', () => {
    const { text, ...both } = streams();
    const output = new Output({ ...both, mode: 'json' });
    const name = 'a\u009b2J\u202eb\u0080';
    output.event({ event: 'present', at: '', name, names: [{ name: `x\n${madeUpToken()}` }] });
    output.say(`${name} ${madeUpToken()}`);
    expect(text()).toEqual({
      stdout:
        '{"event":"present","at":"","name":"a\\u009b2J\\u202eb\\u0080","names":[{"name":"x\\n[token]"}]}\n',
      stderr: 'a 2Jb  [token]\n',
    });
  });

  test('a token that a command is to tell is announced whole', () => {
    const { text, ...both } = streams();
    new Output({ ...both, mode: 'people' }).announce({ event: 'x', at: '', token: madeUpToken() });
    expect(text().stdout).toBe(`{"event":"x","at":"","token":"${madeUpToken()}"}\n`);
  });

  test('the status line is drawn in a terminal only, and cleared before other lines', () => {
    const { text, ...both } = streams(true);
    const output = new Output({ ...both, mode: 'people' });
    output.status('REC 0:01');
    output.say('somebody came');
    output.status('');
    expect(text().stdout).toBe('REC 0:01\r\u001b[2Ksomebody came\nREC 0:01\r\u001b[2K');
    const pipe = streams();
    new Output({ stdout: pipe.stdout, stderr: pipe.stderr, mode: 'people' }).status('REC');
    expect(pipe.text().stdout).toBe('');
  });

  test('a closed stdout loses its output and causes no failure', async () => {
    const gone = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
    });
    const { stderr, text } = streams();
    const output = new Output({ stdout: gone, stderr, mode: 'json' });
    output.event({ event: 'connected' });
    await new Promise((resolve) => setImmediate(resolve));
    output.event({ event: 'joined' });
    output.say('still here');
    await output.flush(60_000);
    expect(text().stderr).toBe('still here\n');
  });

  test('flush waits until the stream has taken everything', async () => {
    const taken: string[] = [];
    const slow = new Writable({
      write: (chunk, _encoding, done) => {
        taken.push(String(chunk));
        setImmediate(done);
      },
    });
    const output = new Output({ stdout: slow, stderr: streams().stderr, mode: 'json' });
    for (let index = 0; index < 100; index += 1) output.event({ event: 'finding', index });
    await output.flush(60_000);
    expect(taken.join('').split('\n').filter(Boolean)).toHaveLength(100);
  });
});
