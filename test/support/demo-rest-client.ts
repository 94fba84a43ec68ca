import type { DemoServer } from '../../main/demo/start-demo-server.ts';

/** Of a form that Discord takes. */
export const userAgent = 'DiscordBot (https://example.org/test, 1.0.0)';

/** Sends one request to the demo's REST, with the token of its first bot unless `headers` say otherwise. */
export async function ask(
  demo: DemoServer,
  path: string,
  options: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const { method = 'GET', body, headers = {} } = options;
  const response = await fetch(`${demo.apiUrl}${path}`, {
    method,
    headers: {
      Authorization: `Bot ${demo.token}`,
      'User-Agent': userAgent,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json: unknown = text === '' ? null : JSON.parse(text);
  return { status: response.status, body: json, headers: response.headers };
}
