// node .ci/check-demo.mjs EVENTS SECONDS: what `npm run demo -- --json` made, read back by ffmpeg and compared with what
// the demo's speakers say: right speaker, right second, right length. Prints a line a file; exit 1 when one is wrong.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const [eventsFile, seconds] = process.argv.slice(2);
const events = fs
  .readFileSync(eventsFile, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line));
const speech = path.resolve(import.meta.dirname, '../assets/demo-speech');
const RATE = 8_000; // speech is below 4 kHz
const problems = [];
const expect = (holds, sentence) => holds || problems.push(sentence);

/** Mono samples at RATE, as ffmpeg decodes them. */
function decode(file, [from, length] = []) {
  const part = from === undefined ? [] : ['-ss', String(from), '-t', String(length)];
  const args = ['-v', 'error', '-i', file, ...part, '-ac', '1', '-ar', String(RATE)];
  const raw = execFileSync('ffmpeg', [...args, '-f', 'f32le', '-'], { maxBuffer: 1 << 30 });
  return new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4);
}

/** Pearson's r of `heard` and of `said` shifted by `lag` samples. */
function correlation(heard, said, lag) {
  let [xy, xx, yy] = [0, 0, 0];
  for (let at = Math.max(0, -lag); at < heard.length && at + lag < said.length; at += 1) {
    const x = heard[at];
    const y = said[at + lag];
    xy += x * y;
    xx += x * x;
    yy += y * y;
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}

/** RMS of every 10 ms, to find the rough lag before the exact one. */
function envelope(samples) {
  const step = RATE / 100;
  return Float32Array.from({ length: Math.floor(samples.length / step) }, (_, block) => {
    let sum = 0;
    for (let at = block * step; at < (block + 1) * step; at += 1) sum += samples[at] ** 2;
    return Math.sqrt(sum / step);
  });
}

/**
 * The lag at which `said` fits the recording best, in samples of RATE: by envelope within ± 5 s, then sample by sample.
 */
function findLag(heard, said) {
  const best = (from, to, score) => {
    let found = { lag: from, r: -2 };
    for (let lag = from; lag <= to; lag += 1) {
      const r = score(lag);
      if (r > found.r) found = { lag, r };
    }
    return found;
  };
  const [a, b] = [envelope(heard), envelope(said)];
  const coarse = best(-500, 500, (lag) => correlation(a, b, lag)).lag * (RATE / 100);
  return best(coarse - RATE / 50, coarse + RATE / 50, (lag) => correlation(heard, said, lag));
}

const exported = events.find(({ event }) => event === 'exported');
const stopped = events.find(({ event }) => event === 'stopped');
expect(exported !== undefined && stopped !== undefined, 'no exported or stopped event');
const files = exported?.files ?? [];
const mixdowns = files.filter((file) => path.basename(file.path) === 'mixdown.wav');
expect(mixdowns.length === 1, 'no mixdown');
const tracks = files.filter((file) => !mixdowns.includes(file));
expect(tracks.length === 4, `${tracks.length} speakers in place of 4`);

const sources = new Map(
  fs
    .readdirSync(speech)
    .filter((name) => name.endsWith('.opus') && name !== 'beep.opus')
    .map((name) => [
      name.replace('.opus', ''),
      decode(path.join(speech, name), [0, Number(seconds) + 10]),
    ]),
);
const lengths = new Set();
const lags = [];
for (const file of files) {
  const probe = [
    '-v',
    'error',
    '-show_entries',
    'stream=duration_ts,sample_rate,channels',
    '-of',
    'json',
  ];
  const [stream] = JSON.parse(
    execFileSync('ffprobe', [...probe, file.path], { encoding: 'utf8' }),
  ).streams;
  lengths.add(stream.duration_ts);
  expect(
    stream.sample_rate === '48000' && stream.channels === 2,
    `${file.path}: not 48 kHz stereo`,
  );
  expect(
    stream.duration_ts === file.samples,
    `${file.path}: ${stream.duration_ts} samples, not ${file.samples}`,
  );
}
expect(lengths.size === 1, `lengths differ: ${[...lengths]}`);
const [length] = lengths;
expect(
  Math.abs(length / 48_000 - Number(seconds)) <= 0.5,
  `${length / 48_000} s in place of ${seconds} s`,
);

for (const file of tracks) {
  const name = stopped.tracks.find(({ userId }) => userId === file.userId)?.name ?? '?';
  const own = [...sources.keys()].find((key) => name.toLowerCase().startsWith(key));
  if (own === undefined) {
    expect(false, `nobody's voice is known as ${name}`);
    continue;
  }
  const heard = decode(file.path);
  const { lag, r } = findLag(heard, sources.get(own));
  lags.push(lag);
  const others = [...sources]
    .filter(([key]) => key !== own)
    .map(([, said]) => Math.abs(correlation(heard, said, lag)));
  expect(r >= 0.9, `${name} is not who they seem: r = ${r.toFixed(3)}`);
  expect(
    Math.max(...others) <= 0.3,
    `${name} sounds like somebody else: r = ${Math.max(...others).toFixed(3)}`,
  );
  console.log(
    `${name}: r = ${r.toFixed(3)}, others at most ${Math.max(...others).toFixed(3)}, ${((lag / RATE) * 1000).toFixed(1)} ms into the script`,
  );
}
const spreadMs = ((Math.max(...lags) - Math.min(...lags)) / RATE) * 1000;
expect(spreadMs <= 50, `speakers are ${spreadMs.toFixed(1)} ms apart`);
console.log(
  `spread between speakers ${spreadMs.toFixed(2)} ms, ${length} samples in each of ${files.length} files`,
);
for (const problem of problems) console.error(`WRONG: ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
