import { onTestFinished } from 'vitest';
import { type DemoServer, startDemoServer } from '../../main/demo/start-demo-server.ts';
import { scratchFolder } from './scratch-folder.ts';

/** A demo server for one test, and the variables by which a command line finds it; both gone when the test ends. */
export async function demoFor(
  options: Parameters<typeof startDemoServer>[0] = {},
): Promise<{ demo: DemoServer; home: string; env: Record<string, string> }> {
  const home = await scratchFolder();
  const demo = await startDemoServer({ speakers: 3, ...options });
  onTestFinished(() => demo.close());
  const { apiUrl: DISCORD_API_URL, token: DISCORD_TOKEN } = demo;
  return { demo, home, env: { TAPEDECK_HOME: home, DISCORD_API_URL, DISCORD_TOKEN } };
}
