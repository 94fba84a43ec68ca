// node scripts/make-notice-sound.mjs: makes assets/notice-sound/recording.opus. Run by hand, only when the sound
// changes; needs espeak-ng, sox and opusenc on the PATH. What the file is stands in the README there.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const target = fileURLToPath(new URL('../assets/notice-sound/recording.opus', import.meta.url));
const RATE_HZ = '48000';
const WORDS = 'This channel is being recorded.';

function run(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} failed: ${result.stderr}`);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'notice-sound-'));
const file = (name) => path.join(folder, `${name}.wav`);
const format = ['-r', RATE_HZ, '-c', '1', '-b', '16'];

// Two soft tones, E5 and B5, a quarter of a second apart, as at the start of a station's announcement.
const tone = (name, hertz, seconds) => {
  const fade = ['fade', 'q', '0.01', seconds, String(seconds - 0.02)];
  run('sox', [
    '-D',
    '-n',
    ...format,
    file(name),
    'synth',
    seconds,
    'sine',
    hertz,
    ...fade.map(String),
  ]);
};
tone('low', '659.26', '0.25');
tone('high', '987.77', '0.6');

run('espeak-ng', ['-v', 'en-gb-x-rp+f3', '-p', '50', '-s', '150', '-w', file('spoken'), WORDS]);
const trim = ['silence', '1', '0.01', '0.1%', 'fade', '0.006', 'reverse']; // twice: both ends
run('sox', [
  '-D',
  file('spoken'),
  ...format,
  file('words'),
  'rate',
  '-v',
  RATE_HZ,
  ...trim,
  ...trim,
  'norm',
  '-9',
]);
run('sox', ['-D', file('low'), file('high'), ...format, file('chime'), 'norm', '-12']);
run('sox', ['-D', file('chime'), file('words'), ...format, file('all'), 'pad', '0.02', '0.1']);

fs.mkdirSync(path.dirname(target), { recursive: true });
const options = ['--bitrate', '32', '--speech', '--serial', '1006', '--padding', '0'];
run('opusenc', ['--quiet', ...options, '--title', 'Tapedeck notice', file('all'), target]);
fs.rmSync(folder, { recursive: true });
console.error(`${target}: ${String(fs.statSync(target).size)} bytes`);
