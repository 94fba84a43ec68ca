import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { Scenario } from './scenarios.ts';
import type { MediaServer } from '../voice/media-server.ts';
import type { VoiceServer } from '../voice/voice-server.ts';

interface Mannered {
  readonly voice: VoiceServer;
  readonly dave: DaveRooms;
  readonly media: MediaServer;
}

/** Sets how the parts behave in a scenario, as far as tests may change it while they run. */
export function setManners(scenario: Scenario, { voice, dave, media }: Mannered): void {
  voice.tokens = scenario.voiceTokens;
  voice.resumes = scenario.resumes;
  voice.news.manner = scenario.peopleNews;
  dave.manner = scenario.encryption;
  media.hasNat = scenario.hasNat;
  media.opens = scenario.mediaOpens;
}
