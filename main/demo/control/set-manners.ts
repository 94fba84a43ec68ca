import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { MainGateway } from '../gateway/main-gateway.ts';
import type { VoiceJoins } from '../gateway/voice-joins.ts';
import type { DemoRest } from '../rest/rest.ts';
import type { Scenario } from './scenarios.ts';
import type { MediaServer } from '../voice/media-server.ts';
import type { VoiceServer } from '../voice/voice-server.ts';

interface Mannered {
  readonly voice: VoiceServer;
  readonly dave: DaveRooms;
  readonly media: MediaServer;
  readonly gateway: MainGateway;
  readonly joins: VoiceJoins;
  readonly rest: DemoRest;
  /** Where everyone talks. */
  readonly guildId: string;
}

const LATE_MS = 8000;
const OUTAGE_MS = 12_000;

/** Sets how the parts behave in a scenario, as far as tests may change it while they run. */
export function setManners(scenario: Scenario, parts: Mannered): void {
  const { voice, dave, media, gateway, joins, rest, guildId } = parts;
  voice.tokens = scenario.voiceTokens;
  voice.resumes = scenario.resumes;
  voice.ssrcs = scenario.ssrcs;
  voice.news.hasCameras = scenario.hasVideo;
  voice.news.manner = scenario.peopleNews;
  dave.manner = scenario.encryption;
  media.hasNat = scenario.hasNat;
  media.opens = scenario.mediaOpens;
  joins.limits = scenario.joinLimits;
  rest.edge.manner = scenario.restEdge;
  if (scenario.guildComes === 'at once') return;
  gateway.withheld.set(guildId, scenario.guildComes);
  gateway.withheldMs = scenario.guildComes === 'late' ? LATE_MS : OUTAGE_MS;
}
