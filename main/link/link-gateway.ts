import type { EventEmitter } from 'node:events';
import type { Gateway, GatewayEvents } from '../discord/gateway.ts';
import type { GuildDirectory } from '../discord/guild-directory.ts';

/** What a link uses of the main gateway. */
export interface LinkGateway
  extends
    EventEmitter<GatewayEvents>,
    Pick<
      Gateway,
      | 'connection'
      | 'joinVoice'
      | 'lastFailure'
      | 'followVoice'
      | 'isLeavingVoice'
      | 'useVoice'
      | 'releaseVoice'
      | 'leaveVoice'
    > {
  readonly directory: Pick<GuildDirectory, 'channel' | 'ownChannelId'>;
}
