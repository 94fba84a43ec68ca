import type { TransportMode } from '../../rtp/transport-modes.ts';
import type { LinkQuality } from '../voice/media-link.ts';
import { CURRENT_MODES } from '../voice/voice-server.ts';

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
  /** Delay of op 5 for the people who are there when a client comes. */
  readonly namesDelayMs: number;
  /** Time between cuts (1006) of every voice socket; 0: never. */
  readonly cutEveryMs: number;
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
  namesDelayMs: 0,
  cutEveryMs: 0,
  churnEveryMs: 0,
  rekeyEveryMs: 0,
  daveFaultEveryMs: 0,
  hostile: false,
  modes: CURRENT_MODES,
  externalSender: 'late',
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
} as const satisfies Record<string, Scenario>;
