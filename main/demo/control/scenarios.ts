import type { TransportMode } from '../../rtp/transport-modes.ts';
import type { LinkQuality } from '../voice/media-link.ts';
import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { VoiceJoins } from '../gateway/voice-joins.ts';
import type { Edge } from '../rest/edge.ts';
import type { Presses } from './pressing.ts';
import type { MediaServer } from '../voice/media-server.ts';
import type { VoiceNews } from '../voice/voice-news.ts';
import { CURRENT_MODES } from '../voice/voice-server.ts';
import type { VoiceServer } from '../voice/voice-server.ts';

/** How a demo server behaves; `--scenario` names one. */
export interface Scenario {
  readonly summary: string;
  /** Where everyone talks: a normal voice channel is end-to-end encrypted, a stage is not. */
  readonly talks: 'voice' | 'stage';
  readonly link: LinkQuality;
  /** Share of packets with RTP padding. Real clients: 3–15 %. */
  readonly paddingRatio: number;
  /** After talkspurts there are packets of padding alone, and now and then one of zeros. */
  readonly paddingBursts: boolean;
  /** `frozen`: RTP timestamps stand still in silence, as those of many bots do. */
  readonly clock: 'running' | 'frozen';
  /** `anew`: as `SpeakerHabits.counts`. */
  readonly counts: 'on' | 'anew';
  /** `VoiceServer.ssrcs`. */
  readonly ssrcs: VoiceServer['ssrcs'];
  /** Everyone has a camera: op 12 names its SSRCs, and packets and retransmissions of video come in floods. */
  readonly hasVideo: boolean;
  /** Time between two clients that come back under another SSRC; 0: never. */
  readonly ssrcChangeEveryMs: number;
  /** Delay of op 5 for the people who are there when a client comes. */
  readonly namesDelayMs: number;
  /** Time between cuts (1006) of every voice socket; 0: never. */
  readonly cutEveryMs: number;
  /** Whether a Resume after a cut is answered by 4006 or 4009: `VoiceServer.resumes`. */
  readonly resumes: VoiceServer['resumes'];
  /** Time between moves of the call to another voice region; 0: never. */
  readonly moveRegionEveryMs: number;
  /** `MediaServer.hasNat`. */
  readonly hasNat: boolean;
  /** `MediaServer.opens`. */
  readonly mediaOpens: MediaServer['opens'];
  /** Time between a person's join or leave and the next one; 0: never. */
  readonly churnEveryMs: number;
  /** Time between the joins and leaves of one who never speaks: each changes everyone's keys; 0: never. */
  readonly rekeyEveryMs: number;
  /** Time between faults of end-to-end encryption; 0: never. */
  readonly daveFaultEveryMs: number;
  /** Junk datagrams, wrong and unknown voice messages (`hostile-traffic.ts`), and speech in rare but valid forms. */
  readonly hostile: boolean;
  readonly modes: readonly TransportMode[];
  /** `early`: op 25 comes before op 4, as Discord now and then sends it; some clients fail at that. */
  readonly externalSender: 'early' | 'late';
  /** `full`: 500 channels and 400 people in voice, about 3 MB of GUILD_CREATE. */
  readonly guild: 'small' | 'full';
  /** How a new session is told of that guild: 8 s late, or as an outage of 12 s. */
  readonly guildComes: 'at once' | 'late' | 'outage';
  /** `VoiceJoins.limits`. */
  readonly joinLimits: VoiceJoins['limits'];
  /** `Edge.manner`. */
  readonly restEdge: Edge['manner'];
  /** `repeated`: who comes back to a guild gets the voice token of before. */
  readonly voiceTokens: VoiceServer['tokens'];
  /** How clients are told who is there: `VoiceNews.manner`. */
  readonly peopleNews: VoiceNews['manner'];
  /** Whether clients that commit wrongly, or not at all, are closed: `DaveRooms.manner`. */
  readonly encryption: DaveRooms['manner'];
  /** What somebody in the call presses under each message with buttons; null: nothing. */
  readonly presses: Presses | null;
}

const cleanLink: LinkQuality = {
  lossRatio: 0,
  duplicateRatio: 0,
  reorderRatio: 0,
  jitterMs: 0,
  delayMs: 0,
};
const calm: Scenario = {
  summary: 'nothing goes wrong',
  talks: 'voice',
  link: cleanLink,
  paddingRatio: 0.06,
  paddingBursts: false,
  clock: 'running',
  counts: 'on',
  ssrcs: 'random',
  hasVideo: false,
  ssrcChangeEveryMs: 0,
  namesDelayMs: 0,
  cutEveryMs: 0,
  resumes: 'taken',
  moveRegionEveryMs: 0,
  hasNat: false,
  mediaOpens: 'on discovery',
  churnEveryMs: 0,
  rekeyEveryMs: 0,
  daveFaultEveryMs: 0,
  hostile: false,
  modes: CURRENT_MODES,
  externalSender: 'late',
  guild: 'small',
  guildComes: 'at once',
  joinLimits: 'none',
  restEdge: 'open',
  voiceTokens: 'new',
  peopleNews: 'whole',
  encryption: 'patient',
  presses: null,
};

/** Every scenario by name. */
export const SCENARIOS = {
  calm,
  lossy: { ...calm, summary: '5 % of packets are lost', link: { ...cleanLink, lossRatio: 0.05 } },
  rough: {
    ...calm,
    summary: 'loss, reordering, duplicates and jitter together',
    link: { lossRatio: 0.03, duplicateRatio: 0.02, reorderRatio: 0.03, jitterMs: 40, delayMs: 30 },
  },
  padding: {
    ...calm,
    summary: 'much RTP padding, bursts of padding alone, all-zero payloads',
    paddingRatio: 0.3,
    paddingBursts: true,
  },
  'late-names': { ...calm, summary: 'packets come 4 s before the names', namesDelayMs: 4000 },
  cut: { ...calm, summary: 'the voice socket breaks every few seconds', cutEveryMs: 7000 },
  stage: {
    ...calm,
    summary: 'everyone talks on a stage, without end-to-end encryption',
    talks: 'stage',
  },
  churn: { ...calm, summary: 'people come and go every few seconds', churnEveryMs: 3000 },
  rekey: {
    ...calm,
    summary: 'the keys of end-to-end encryption change about every second',
    rekeyEveryMs: 900,
  },
  'dave-faults': {
    ...calm,
    summary: 'commits and welcomes that nobody can follow, while people come and go',
    churnEveryMs: 2500,
    daveFaultEveryMs: 4000,
  },
  bots: { ...calm, summary: 'RTP clocks stand still in silence', clock: 'frozen' },
  hostile: {
    ...calm,
    summary: 'junk datagrams, RTCP, video, malformed and unknown messages among the calls',
    paddingBursts: true,
    hostile: true,
  },
  'old-modes': {
    ...calm,
    summary: 'only transport modes from before November 2024 are offered',
    modes: [
      'xsalsa20_poly1305_lite_rtpsize',
      'aead_aes256_gcm',
      'xsalsa20_poly1305_lite',
      'xsalsa20_poly1305_suffix',
      'xsalsa20_poly1305',
    ],
  },
  'repeated-tokens': {
    ...calm,
    summary: 'every join brings the voice token of before',
    voiceTokens: 'repeated',
  },
  'patchy-news': {
    ...calm,
    summary: 'op 11 is late and names half of the people, while they come and go',
    peopleNews: 'patchy',
    churnEveryMs: 3000,
  },
  nat: {
    ...calm,
    summary: 'our address is not our socket’s, and nothing is heard before we have spoken',
    hasNat: true,
    mediaOpens: 'on speaking',
  },
  'resume-refused': {
    ...calm,
    summary: 'the voice socket breaks every few seconds, and no Resume is taken',
    cutEveryMs: 9000,
    resumes: 'refused',
  },
  'region-move': {
    ...calm,
    summary: 'the call moves to another host and other ports every few seconds',
    moveRegionEveryMs: 8000,
  },
  'reused-ssrcs': {
    ...calm,
    summary: 'whoever comes next has the small SSRC of somebody who has left',
    ssrcs: 'small',
    churnEveryMs: 3000,
  },
  video: {
    ...calm,
    summary: 'everyone has a camera, whose packets come in floods',
    hasVideo: true,
    ssrcs: 'small',
  },
  'sound-bots': {
    ...calm,
    summary: 'everyone counts anew with every clip, in a clock that stands still between clips',
    clock: 'frozen',
    counts: 'anew',
  },
  'two-ssrcs': {
    ...calm,
    summary: 'people come back under another SSRC while the old one still sends',
    ssrcChangeEveryMs: 2000,
    ssrcs: 'small',
  },
  'full-guild': {
    ...calm,
    summary: 'a server of 500 channels and 400 people in voice, of which we are told 8 s late',
    guild: 'full',
    guildComes: 'late',
  },
  'guild-outage': {
    ...calm,
    summary: 'an outage of the server ends 12 s after the sign-in',
    guildComes: 'outage',
  },
  'rate-limited': {
    ...calm,
    summary: 'joins are answered 6 s late, every second one with nothing',
    joinLimits: 'strict',
  },
  cloudflare: {
    ...calm,
    summary: 'requests are answered by pages of HTML first: 5xx, then 429; changes by a 403',
    restEdge: 'troubled',
  },
  'opted-out': {
    ...calm,
    summary: 'somebody presses “Don’t record me” 5 s after the message, each time another person',
    presses: { text: 'record me', orNth: 1, afterMs: 5000 },
  },
  'asked-to-stop': {
    ...calm,
    summary: 'somebody presses “Stop recording” 8 s after the message',
    presses: { text: 'Stop', orNth: 0, afterMs: 8000 },
  },
  'strict-keys': {
    ...calm,
    summary: 'a client that commits wrongly, or asks for help again and again, is put out',
    encryption: 'strict',
    churnEveryMs: 2500,
    daveFaultEveryMs: 4000,
  },
} as const satisfies Record<string, Scenario>;
