import { once } from 'node:events';
import { systemErrorCode } from '../base/errors.ts';
import { MOST_SPEAKERS, startDemoServer } from '../demo/start-demo-server.ts';
import { SCENARIOS } from '../demo/control/scenarios.ts';
import type { DemoServerCommand } from './command.ts';
import type { Context } from './context.ts';
import { EXIT_DONE } from './exit-code.ts';
import { badUsage } from './usage-error.ts';

/** `demo-server`: the demo Discord in this process until a signal. Its first line of stdout is JSON in either mode. */
export async function serveDemo(command: DemoServerCommand, context: Context): Promise<number> {
  const { output, interrupts, log } = context;
  checkWishes(command);
  const { port, speakers, scenario, seed } = command;
  await using server = await startDemoServer({
    ...(port === null ? {} : { port }),
    ...(speakers === null ? {} : { speakers }),
    ...(scenario === null ? {} : { scenario }),
    ...(seed === null ? {} : { seed }),
    log: log.child('demo'),
  }).catch((error: unknown) => {
    const code = systemErrorCode(error);
    if (port === null || (code !== 'EADDRINUSE' && code !== 'EACCES')) throw error;
    throw badUsage(`--port ${String(port)} cannot be had (${code})`);
  });
  const { apiUrl, token, otherToken, guildId, channelId, caFile, sentLog } = server;
  output.announce({
    event: 'demo-server',
    apiUrl,
    token,
    guildId,
    channelId,
    otherToken,
    caFile,
    sentLog,
  });
  if (!interrupts.first.aborted) await once(interrupts.first, 'abort');
  return EXIT_DONE;
}

/** What only the demo itself knows: its scenarios, and how many people it has. */
function checkWishes({ scenario, speakers }: DemoServerCommand): void {
  if (scenario !== null && !Object.hasOwn(SCENARIOS, scenario))
    throw badUsage(`--scenario ${scenario} is none of ${Object.keys(SCENARIOS).join(', ')}`);
  if (speakers !== null && speakers > MOST_SPEAKERS)
    throw badUsage(`--speakers ${String(speakers)} is more than ${String(MOST_SPEAKERS)}`);
}
