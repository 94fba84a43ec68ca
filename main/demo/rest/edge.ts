import type { RestAnswer } from './rest-answer.ts';

/** What stands between clients and REST, as Cloudflare does, answers in HTML. */
export class Edge {
  /**
   * `troubled`: of each method and path the first request gets a 502, 503 or 520, the second a 429 for a second, and
   * later ones get through; changes of what exists (PATCH, PUT, DELETE) get a 403.
   */
  manner: 'open' | 'troubled' = 'open';
  readonly #asked = new Map<string, number>();
  #troubles = 0;

  /** The page that answers a request in place of REST; null: the request gets through. */
  answer(method: string, path: string): RestAnswer | null {
    if (this.manner === 'open') return null;
    if (['PATCH', 'PUT', 'DELETE'].includes(method)) return edgePage(403);
    const name = `${method} ${path}`;
    const before = this.#asked.get(name) ?? 0;
    this.#asked.set(name, before + 1);
    if (before > 1) return null;
    if (before === 1) return edgePage(429, { 'Retry-After': '1' });
    this.#troubles += 1;
    return edgePage([502, 503, 520][this.#troubles % 3] ?? 502);
  }
}

/** A page of Cloudflare's: HTML with a ray, and no word of Discord's. */
function edgePage(status: number, headers: Readonly<Record<string, string>> = {}): RestAnswer {
  const title =
    status === 403 ? 'Attention Required! | Cloudflare' : `discord.com | ${String(status)}`;
  return {
    status,
    body: `<!DOCTYPE html>\n<html lang="en-US"><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
    headers: { Server: 'cloudflare', 'CF-RAY': '8f0c2b7d9a1e4c55-FRA', ...headers },
  };
}
