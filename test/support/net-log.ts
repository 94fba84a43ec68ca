import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ElectronApplication } from 'playwright';
import { z } from 'zod';

const netLog = z.object({
  constants: z.object({ logEventTypes: z.record(z.string(), z.number()) }),
  events: z.array(z.object({ type: z.number() })),
});

/** What Chromium logs when anything of a page goes to a network or asks for a name. */
const GOING_OUT = [
  'TCP_CONNECT_ATTEMPT',
  'UDP_BYTES_SENT',
  'DNS_TRANSACTION',
  'HOST_RESOLVER_SYSTEM_TASK',
];

/** Names of the events with which the app's pages went out during `work`, each once, by Chromium's own log of its network. */
export async function wentOut(
  { electron, home }: { readonly electron: ElectronApplication; readonly home: string },
  work: () => Promise<unknown>,
): Promise<readonly string[]> {
  const file = path.join(home, 'net-log.json');
  await electron.evaluate(
    ({ session }, to) => session.defaultSession.netLog.startLogging(to),
    file,
  );
  await work();
  await electron.evaluate(({ session }) => session.defaultSession.netLog.stopLogging());
  const { constants, events } = netLog.parse(JSON.parse(await readFile(file, 'utf8')));
  return GOING_OUT.filter((name) =>
    events.some(({ type }) => type === constants.logEventTypes[name]),
  );
}
