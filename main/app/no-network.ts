import { app, type Session, type WebContents } from 'electron';

/**
 * A proxy where nobody is, for what the page's policy does not cover: the page needs no network. `<-loopback>` sends
 * even this computer's own addresses there.
 */
const DEAD_PROXY = {
  mode: 'fixed_servers',
  proxyRules: 'http://127.0.0.1:9',
  proxyBypassRules: '<-loopback>',
} as const;

/** No name is looked up for a page. To be called before the app is ready. The rest of the app talks through Node.js. */
export function lookUpNoNames(): void {
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
}

/** From then on no page of the session reaches any network. */
export async function closeNetwork(session: Session): Promise<void> {
  await session.setProxy(DEAD_PROXY);
  await session.closeAllConnections();
}

/** WebRTC sends no UDP past the proxy, and there is none that takes UDP; its TCP goes to the proxy. */
export function closeWebRtc(contents: WebContents): void {
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
}
