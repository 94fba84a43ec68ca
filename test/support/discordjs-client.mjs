// A bot on @discordjs/voice that joins the demo server, plays Opus packets and prints what it receives. It is a process
// of its own, because the library insists on wss and NODE_EXTRA_CA_CERTS is read when a process starts.
// In: one JSON argument { apiUrl, token, guildId, channelId, say?: hex packets, stopAfterPackets? }.
// Out: JSON lines { event: 'ready' | 'packet' (userId, hex) | 'said' | 'error' (message) }. Ends on SIGTERM.
import {
  entersState,
  joinVoiceChannel,
  createAudioPlayer,
  createAudioResource,
} from '@discordjs/voice';
import {
  AudioPlayerStatus,
  EndBehaviorType,
  StreamType,
  VoiceConnectionStatus,
} from '@discordjs/voice';
import { Readable } from 'node:stream';
import { WebSocket } from 'ws';

const { apiUrl, token, guildId, channelId, say = [] } = JSON.parse(process.argv[2]);
const tell = (event, fields = {}) =>
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
const headers = {
  Authorization: `Bot ${token}`,
  'User-Agent': 'DiscordBot (https://example.org/second-deck, 1.0.0)',
};

/** The messages of the main gateway that joining needs. */
async function connectMainGateway(onDispatch) {
  const answer = await fetch(`${apiUrl}/gateway/bot`, { headers });
  const { url } = await answer.json();
  const socket = new WebSocket(`${url}/?v=10&encoding=json`);
  let seq = null;
  socket.on('message', (data) => {
    const { op, d, s, t } = JSON.parse(data.toString());
    seq = s ?? seq;
    if (op === 10) {
      setInterval(() => socket.send(JSON.stringify({ op: 1, d: seq })), d.heartbeat_interval);
      const properties = { os: 'linux', browser: 'second-deck', device: 'second-deck' };
      socket.send(JSON.stringify({ op: 2, d: { token, intents: 129, properties } }));
    }
    if (op === 0) onDispatch(t, d, (payload) => socket.send(JSON.stringify(payload)));
  });
  socket.on('close', (code) => tell('error', { message: `main gateway closed: ${code}` }));
}

let adapter = null;
let own = null;
await connectMainGateway((t, d, send) => {
  if (t === 'READY') {
    own = d.user.id;
    void join(send);
  }
  if (t === 'VOICE_STATE_UPDATE' && d.user_id === own) adapter?.onVoiceStateUpdate(d);
  if (t === 'VOICE_SERVER_UPDATE') adapter?.onVoiceServerUpdate(d);
});

async function join(send) {
  const connection = joinVoiceChannel({
    guildId,
    channelId,
    selfDeaf: false,
    selfMute: false,
    adapterCreator: (methods) => {
      adapter = methods;
      return { sendPayload: (payload) => (send(payload), true), destroy: () => undefined };
    },
  });
  connection.on('error', (error) => tell('error', { message: error.message }));
  connection.receiver.speaking.on('start', (userId) => {
    if (connection.receiver.subscriptions.has(userId)) return;
    const stream = connection.receiver.subscribe(userId, {
      end: { behavior: EndBehaviorType.Manual },
    });
    stream.on('data', (packet) => tell('packet', { userId, hex: packet.toString('hex') }));
    stream.on('error', (error) => tell('error', { message: error.message }));
  });
  await entersState(connection, VoiceConnectionStatus.Ready, 15_000);
  tell('ready', { userId: own });
  if (say.length === 0) return;
  const player = createAudioPlayer();
  connection.subscribe(player);
  const packets = Readable.from(say.map((hex) => Buffer.from(hex, 'hex')));
  player.play(createAudioResource(packets, { inputType: StreamType.Opus }));
  await entersState(player, AudioPlayerStatus.Playing, 5000);
  await entersState(player, AudioPlayerStatus.Idle, 60_000);
  tell('said');
}
