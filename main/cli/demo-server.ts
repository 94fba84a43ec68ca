import { once } from 'node:events';
import { systemErrorCode } from '../base/errors.ts';
import { MOST_SPEAKERS, startDemoServer } from '../demo/start-demo-server.ts';
import { SCENARIOS } from '../demo/control/scenarios.ts';
import type { CommandOf } from './command.ts';
import type { Context } from './context.ts';
import { EXIT_DONE } from './exit-code.ts';
import { BadUsage } from './usage-error.ts';

/** `demo-server`: the demo Discord in this process until a signal. Its first line of stdout is JSON in either mode. */
export async function serveDemo(
  command: CommandOf<'demo-server'>,
  context: Context,
): Promise<number> {
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
    throw new BadUsage('usage.port-taken', { word: port, code });
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

/** Throws UsageError for a scenario that the demo has not, and for more people than it has. */
function checkWishes({ scenario, speakers }: CommandOf<'demo-server'>): void {
  if (scenario !== null && !Object.hasOwn(SCENARIOS, scenario))
    throw new BadUsage('usage.not-one-of', {
      option: '--scenario',
      word: scenario,
      choices: Object.keys(SCENARIOS).join(', '),
    });
  if (speakers !== null && speakers > MOST_SPEAKERS)
    throw new BadUsage('usage.more-than', {
      option: '--speakers',
      word: speakers,
      most: MOST_SPEAKERS,
    });
}
