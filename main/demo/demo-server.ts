import { parseArgs } from 'node:util';
import { toError } from '../base/errors.ts';
import { startDemoServer } from './start-demo-server.ts';

// The demo server as a process of its own: the first line on stdout says where it is. The process
// ends on SIGINT, on SIGTERM, and when its IPC channel, if it was started with one, is closed.
const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    speakers: { type: 'string' },
    scenario: { type: 'string' },
    seed: { type: 'string' },
    'sent-log': { type: 'string' },
  },
});

const numbers = { port: values.port, speakers: values.speakers, seed: values.seed };
const given = Object.entries(numbers).filter(([, text]) => text !== undefined);
try {
  const server = await startDemoServer({
    ...Object.fromEntries(given.map(([name, text]) => [name, Number(text)])),
    ...(values.scenario === undefined ? {} : { scenario: values.scenario }),
    ...(values['sent-log'] === undefined ? {} : { sentLog: values['sent-log'] }),
  });
  const end = (): void => {
    void server.close().finally(() => process.exit(0));
  };
  // Installed before the first line is written: who reads that line may send a signal at once.
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, end);
  const { apiUrl, token, guildId, channelId, otherToken, caFile, sentLog } = server;
  const first = { apiUrl, token, guildId, channelId, otherToken, caFile, sentLog };
  process.stdout.write(`${JSON.stringify({ event: 'demo-server', ...first })}\n`);
} catch (error) {
  process.stderr.write(`demo-server: ${toError(error).message}\n`);
  process.exitCode = 2;
}
