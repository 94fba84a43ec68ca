import type { ReceivedLine } from '../sent-log.ts';
import { mayIn } from '../world/world-permissions.ts';
import type { World } from '../world/world.ts';
import type { VoiceSession } from './voice-session.ts';

/** Null for a client whose sound goes to the others: it has said op 5, and neither it nor anybody else has muted it. */
export function speakRefusal(
  world: World,
  { grant, userId, announced }: VoiceSession,
): ReceivedLine['refusal'] {
  if (!announced) return 'before op 5';
  const guild = world.guilds.get(grant.guildId);
  const channel = guild?.channels.get(grant.channelId);
  const state = guild?.voiceStates.get(userId);
  if (guild === undefined || channel === undefined || state === undefined) return 'not in voice';
  if (state.selfMute) return 'self-muted';
  if (state.mute) return 'muted';
  if (state.suppress) return 'suppressed';
  return mayIn({ guild, channel }, userId, 'SPEAK') ? null : 'without Speak';
}
