// node scripts/make-demo-speech.mjs: makes assets/demo-speech/*.opus from the dialogue below. Run by hand, only when
// the dialogue changes; needs espeak-ng, sox and opusenc on the PATH. What the files are stands in the README there.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const target = fileURLToPath(new URL('../assets/demo-speech/', import.meta.url));
const RATE_HZ = 48000;
const FRAME_SAMPLES = 960; // 20 ms
const PEAK = 0.708; // -3 dBFS
const JOIN_SAMPLES = 14400; // two lines of one speaker with less than 300 ms between them are one talkspurt

/** Serial numbers are fixed, so that the same tools make the same bytes. */
const speakers = {
  maya: { voice: 'en-gb-x-rp+f3', pitch: 55, speed: 172, serial: 1001 },
  theo: { voice: 'en-us+m3', pitch: 30, speed: 165, serial: 1002 },
  priya: { voice: 'en-us+f5', pitch: 78, speed: 180, serial: 1003 },
  callum: { voice: 'en-gb-scotland+m7', pitch: 44, speed: 175, serial: 1004 },
};

/** [who, pause in ms after the end of the line before (negative: talks over it), words]. All four speak at once early on. */
const dialogue = [
  ['maya', 700, 'Morning! Is everybody here?'],
  ['theo', 120, 'Theo is here.'],
  ['priya', 80, 'Priya too!'],
  ['callum', 80, 'Callum as well.'],
  ['maya', 120, 'Lovely. Sound check, please.'],
  ['theo', 100, 'One, two, three.'],
  ['priya', -100, 'Loud and clear.'],
  ['callum', 80, 'Clear as a bell.'],
  ['maya', 250, 'Good. So, this is the planning call for our episode about tape machines.'],
  ['theo', -250, 'Finally!'],
  ['priya', 300, 'I have been looking forward to this one all week.'],
  ['callum', 150, 'Me too. I even cleaned the heads on the old machine last night.'],
  ['maya', 200, 'You did? With what?'],
  ['callum', 150, 'A cotton bud and a wee drop of alcohol. It came away brown as tea.'],
  ['theo', -300, 'Oh no, brown as tea!'],
  ['priya', 100, 'That is twenty years of music, right there on a cotton bud.'],
  ['maya', 500, 'That is a good opening line, actually. Somebody write it down.'],
  ['theo', 100, 'Writing it down.'],
  ['priya', 600, 'How do we want to begin? With the history, or with a sound?'],
  ['callum', -200, 'With a sound.'],
  ['theo', -350, 'A sound, definitely.'],
  ['maya', 200, 'Agreed. The click of the play key, and then the hiss.'],
  ['callum', 150, 'People forget the hiss. The hiss tells you that something is about to happen.'],
  ['theo', 350, 'My grandfather had a machine that weighed as much as a small piano.'],
  ['priya', -200, 'A small piano?'],
  ['theo', 100, 'A very small piano. He carried it to weddings and recorded the speeches.'],
  ['maya', 200, 'Do the tapes still exist?'],
  ['theo', 250, 'Eleven of them. My aunt kept them in a biscuit tin, next to the sewing things.'],
  ['callum', 100, 'A biscuit tin is a fine archive. Dry, dark, and nobody throws it away.'],
  ['priya', -150, 'Except for the biscuits.'],
  ['maya', 300, 'Could we play a few seconds of one, Theo?'],
  ['theo', 200, 'I would have to ask her, but I think she would love that.'],
  ['maya', 800, 'Then let us talk about the middle part. Priya, you wanted to explain tracks.'],
  [
    'priya',
    250,
    'Yes. Imagine a wide road. One car in each lane, all of them driving side by side.',
  ],
  ['priya', 300, 'Every lane is a track. The drums have a lane, the voice has a lane.'],
  ['callum', -200, 'And nobody changes lanes.'],
  ['priya', 100, 'Exactly. And because they share one road, they can never drift apart.'],
  [
    'theo',
    300,
    'That is why four tracks on a cassette changed everything. Your bedroom became a studio.',
  ],
  ['maya', -250, 'It really did.'],
  [
    'callum',
    200,
    'I made my first record that way. The neighbour mowed his lawn through the whole second song.',
  ],
  ['priya', 100, 'You kept it?'],
  ['callum', 150, 'I kept it. It is in the right key, more or less.'],
  ['maya', -400, 'Oh, that is wonderful.'],
  ['theo', -600, 'A lawn mower in the right key!'],
  ['maya', 900, 'All right. We still need a moment for the listeners at home.'],
  ['priya', 200, 'We could ask them for the oldest recording in their house.'],
  ['theo', 150, 'And the story behind it. Who is talking, and what was for dinner.'],
  ['callum', 100, 'There is always somebody in the kitchen, asking if the thing is switched on.'],
  ['maya', 100, 'Is it on? Is it on now?'],
  ['theo', -300, 'Every single tape begins like that.'],
  ['priya', 500, 'I would keep that as the last line of the show.'],
  ['callum', 250, 'Splicing next? I brought the wee block with the groove, and a razor blade.'],
  ['maya', 150, 'Please be careful with that.'],
  [
    'callum',
    200,
    'I am always careful. You cut at an angle, so that one sound slides into the other.',
  ],
  ['theo', 200, 'So a crossfade is just a slanted cut.'],
  ['callum', 100, 'A slanted cut and a bit of sticky tape, aye.'],
  ['priya', -300, 'I never knew that. That is lovely.'],
  ['maya', 500, 'Theo, how long are we now, with all of that?'],
  ['theo', 300, 'About twenty five minutes, if nobody tells the lawn mower story twice.'],
  ['callum', -500, 'I make no promises.'],
  ['priya', 300, 'Shall we record on Thursday, then? After lunch, at two?'],
  ['theo', 200, 'Thursday works for me.'],
  ['callum', -100, 'Thursday is grand.'],
  ['maya', 200, 'Thursday at two. And everybody drinks a glass of water first.'],
  ['priya', 150, 'Yes, boss.'],
  ['theo', -300, 'Yes, boss.'],
  ['callum', -250, 'Water. Understood.'],
  ['maya', 700, 'One more thing. What do we call it?'],
  ['theo', 600, 'Rewind?'],
  ['priya', 250, 'There must be a hundred shows with that name. What about, Side B?'],
  ['callum', 200, 'Brown as tea.'],
  ['maya', -100, 'Brown as tea! That is it.'],
  ['theo', -500, 'That is the one.'],
  ['priya', -600, 'I love it.'],
  [
    'maya',
    500,
    'Then we have a title. Thank you, everyone. Let us go through it once more from the top.',
  ],
  ['theo', 200, 'From the top.'],
  ['callum', 150, 'Rolling.'],
];
const TAIL_MS = 1500;

function run(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} failed: ${result.stderr}`);
}

/** One line as 48 kHz mono samples, without the silence that espeak-ng puts around it, faded in and out. */
function speak(folder, who, words) {
  const { voice, pitch, speed } = speakers[who];
  const [spoken, ready] = [path.join(folder, 'spoken.wav'), path.join(folder, 'ready.raw')];
  run('espeak-ng', ['-v', voice, '-p', String(pitch), '-s', String(speed), '-w', spoken, words]);
  const trim = ['silence', '1', '0.01', '0.1%', 'fade', '0.006', 'reverse']; // twice: both ends
  const raw = ['-t', 'raw', '-r', String(RATE_HZ), '-e', 'signed', '-b', '16', '-c', '1'];
  const effects = ['rate', '-v', String(RATE_HZ), ...trim, ...trim];
  run('sox', ['-D', spoken, ...raw, ready, ...effects]);
  const bytes = fs.readFileSync(ready);
  const samples = Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i));
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1);
  return samples.map((sample) => (sample / peak) * PEAK);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'demo-speech-'));
let at = 0;
const placed = dialogue.map(([who, pauseMs, words]) => {
  const samples = speak(folder, who, words);
  const from = Math.max(0, at + (pauseMs * RATE_HZ) / 1000);
  at = from + samples.length;
  return { who, from, samples };
});
const total = Math.ceil((at + (TAIL_MS * RATE_HZ) / 1000) / FRAME_SAMPLES) * FRAME_SAMPLES;

for (const [who, { serial }] of Object.entries(speakers)) {
  const track = Buffer.alloc(2 * total);
  const talk = [];
  for (const line of placed.filter((one) => one.who === who)) {
    const to = line.from + line.samples.length;
    if (line.from < (talk.at(-1)?.to ?? 0))
      throw new Error(`${who} talks twice at ${line.from / RATE_HZ} s`);
    if (talk.length > 0 && line.from - talk.at(-1).to < JOIN_SAMPLES) talk.at(-1).to = to;
    else talk.push({ from: line.from, to });
    line.samples.forEach((sample, i) =>
      track.writeInt16LE(Math.round(sample * 32767), 2 * (line.from + i)),
    );
  }
  encode(who, { track, talk }, ['--bitrate', '24', '--speech', '--serial', String(serial)]);
}

/** Two seconds of sound with a short 1 kHz beep at 0.5 s, by which tests measure alignment. */
const beep = Buffer.alloc(2 * 2 * RATE_HZ);
for (let i = 0; i < 0.06 * RATE_HZ; i += 1) {
  const swell = Math.min(1, i / 96, (0.06 * RATE_HZ - i) / 96); // 2 ms
  const sample = Math.sin((2 * Math.PI * 1000 * i) / RATE_HZ) * PEAK * swell;
  beep.writeInt16LE(Math.round(sample * 32767), 2 * (0.5 * RATE_HZ + i));
}
encode('beep', { track: beep, talk: [{ from: 24000, to: 26880 }] }, [
  '--bitrate',
  '48',
  '--music',
  '--serial',
  '1005',
]);
fs.rmSync(folder, { recursive: true });

function encode(name, { track: pcm, talk }, options) {
  const source = path.join(folder, `${name}.raw`);
  fs.writeFileSync(source, pcm);
  const raw = ['--raw', '--raw-rate', String(RATE_HZ), '--raw-chan', '1'];
  const tags = ['--padding', '0', '--title', `Tapedeck demo speech: ${name}`];
  const spurts = talk.map(({ from, to }) => `${Math.round(from)}-${Math.round(to)}`).join(' ');
  const dtx = ['--set-ctl-int', '4016=1']; // OPUS_SET_DTX: one byte for a frame of silence
  const file = path.join(target, `${name}.opus`);
  run('opusenc', [
    '--quiet',
    ...raw,
    ...options,
    ...dtx,
    ...tags,
    '--comment',
    `TALKSPURTS=${spurts}`,
    source,
    file,
  ]);
  console.error(`${file}: ${fs.statSync(file).size} bytes, ${pcm.length / 2 / RATE_HZ} s`);
}
