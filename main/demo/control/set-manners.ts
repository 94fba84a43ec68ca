import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { Scenario } from './scenarios.ts';
import type { VoiceServer } from '../voice/voice-server.ts';

/** Sets how the parts behave in a scenario, as far as tests may change it while they run. */
export function setManners(
  { voiceTokens, peopleNews, encryption }: Scenario,
  { voice, dave }: { readonly voice: VoiceServer; readonly dave: DaveRooms },
): void {
  voice.tokens = voiceTokens;
  voice.news.manner = peopleNews;
  dave.manner = encryption;
}
