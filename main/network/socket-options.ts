import { SecureAgent } from './secure-agent.ts';
import { USER_AGENT } from './user-agent.ts';

/** Options of a `ws` WebSocket. */
interface SocketOptions {
  readonly headers: { 'user-agent': string };
  readonly perMessageDeflate: false;
  readonly followRedirects: false;
  readonly allowSynchronousEvents: false;
  readonly agent?: SecureAgent;
}

/** How every WebSocket of ours is opened: the way to the address, and who knocks. Throws NetworkError `proxy-unusable`. */
export function socketOptions(url: URL): SocketOptions {
  return {
    headers: { 'user-agent': USER_AGENT },
    perMessageDeflate: false,
    followRedirects: false,
    // One message for each turn of the event loop: signals, timers and the disk have theirs under any flood.
    allowSynchronousEvents: false,
    ...(url.protocol === 'wss:' ? { agent: new SecureAgent(url) } : {}),
  };
}
