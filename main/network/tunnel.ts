import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import { tlsFailure, trustedAuthorities } from './certificate.ts';
import { NetworkError } from './network-error.ts';
import type { Proxy } from './proxy.ts';
import { USER_AGENT } from './user-agent.ts';

/**
 * Asks the proxy for a way to a host and port, and resolves with it. Throws NetworkError `proxy-refused` with the
 * proxy's status, `proxy-unreachable`, or why the TLS connection to the proxy itself failed.
 */
export function openTunnel(
  proxy: Proxy,
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Duplex> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
  const { authorization, name } = proxy;
  return new Promise((resolve, reject) => {
    const request = (proxy.scheme === 'http' ? http : https).request({
      host: proxy.host,
      port: proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: {
        host: authority,
        'user-agent': USER_AGENT,
        ...(authorization === null ? {} : { 'proxy-authorization': authorization }),
      },
      agent: false,
      signal,
      ...(proxy.scheme === 'http' ? {} : { secureContext: trustedAuthorities() }),
    });
    request.once('connect', ({ statusCode = 0 }, socket, head) => {
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) socket.unshift(head);
        return resolve(socket);
      }
      socket.destroy();
      reject(new NetworkError('proxy-refused', { proxy: name, status: statusCode }));
    });
    request.once('error', (error) => {
      const tls = tlsFailure(error, { host: proxy.host, seen: null, nowMs: Date.now() });
      reject(tls ?? new NetworkError('proxy-unreachable', { proxy: name }, { cause: error }));
    });
    request.end();
  });
}
