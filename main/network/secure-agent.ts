import { Agent } from 'node:https';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { toError } from '../base/errors.ts';
import { withLimit } from '../base/wait.ts';
import { seenCertificate, tlsFailure, trustedAuthorities } from './certificate.ts';
import type { SeenCertificate } from './certificate.ts';
import { type Proxy, proxyFor, withoutBrackets } from './proxy.ts';
import { openTunnel } from './tunnel.ts';

/** For TCP, a proxy's answer and TLS together. */
const CONNECT_LIMIT_MS = 15_000;

/**
 * Opens a TLS connection to one `https` or `wss` address for each request: through the proxy that `env` names, and only
 * to a server whom Node.js or the system's store vouches for. A request fails with NetworkError where TLS or the proxy
 * is why, else with the system's error.
 */
export class SecureAgent extends Agent {
  readonly #host: string;
  readonly #port: number;
  readonly #proxy: Proxy | null;

  /** Throws NetworkError `proxy-unusable`. */
  constructor(url: URL, env: Readonly<Record<string, string | undefined>> = process.env) {
    super();
    this.#host = withoutBrackets(url.hostname);
    this.#port = url.port === '' ? 443 : Number(url.port);
    this.#proxy = proxyFor(url, env);
  }

  /** Called by Node.js for each request; what is handed to `onOpen` has been secured. */
  override createConnection(
    _: unknown,
    onOpen?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const onLimit = (): Error => new Error(`no connection after ${String(CONNECT_LIMIT_MS)} ms`);
    withLimit({ limitMs: CONNECT_LIMIT_MS, onLimit }, (signal) => this.#open(signal)).then(
      (socket) => onOpen?.(null, socket),
      (error: unknown) => onOpen?.(toError(error), new Duplex()), // a stream beside an error is not looked at
    );
  }

  async #open(signal: AbortSignal): Promise<tls.TLSSocket> {
    const target = { host: this.#host, port: this.#port };
    const tunnel = this.#proxy === null ? null : await openTunnel(this.#proxy, target, signal);
    return await secured(
      tls.connect({
        ...target,
        ...(tunnel === null ? {} : { socket: tunnel }),
        servername: isIP(this.#host) === 0 ? this.#host : '',
        ALPNProtocols: ['http/1.1'],
        secureContext: trustedAuthorities(),
      }),
      this.#host,
      signal,
    );
  }
}

/** Resolves when Node.js has verified the server; rejects with what was wrong with it. */
function secured(socket: tls.TLSSocket, host: string, signal: AbortSignal): Promise<tls.TLSSocket> {
  let seen: SeenCertificate | null = null;
  // Before Node.js looks at it, and closes the socket where it is not good.
  socket.prependOnceListener('secure', () => {
    seen = seenCertificate(socket);
  });
  return new Promise((resolve, reject) => {
    const onAbort = (): void => void socket.destroy(toError(signal.reason));
    const onError = (error: Error): void => {
      signal.removeEventListener('abort', onAbort);
      reject(tlsFailure(error, { host, seen, nowMs: Date.now() }) ?? error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(socket);
    });
  });
}
