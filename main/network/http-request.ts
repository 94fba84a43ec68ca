import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { SecureAgent } from './secure-agent.ts';
import { USER_AGENT } from './user-agent.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** The program's name is added. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null for a request without a body. */
  readonly body: string | null;
}

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Above anything that is asked for; counted after decompression. */
const ANSWER_BYTES_AT_MOST = 1 << 20;

/** An answer longer than 1 MiB; the rest of it was not read. */
export class AnswerTooLong extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the answer is longer than ${String(ANSWER_BYTES_AT_MOST)} bytes`);
    this.status = status;
  }
}

/**
 * One request on a connection of its own; a redirect is an answer like any other. Throws NetworkError, AnswerTooLong, the
 * system's error, or the signal's reason.
 */
export async function requestHttp(
  url: URL,
  { method, headers, body }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const isSecure = url.protocol === 'https:';
  const request = (isSecure ? https : http).request(url, {
    method,
    headers: {
      ...headers,
      'user-agent': USER_AGENT,
      'accept-encoding': 'gzip',
      ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
    agent: isSecure ? new SecureAgent(url) : false,
    signal,
  });
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).on('error', reject);
  });
  request.end(body ?? undefined);
  const message = await answered;
  try {
    const text = await readText(message);
    return { status: message.statusCode ?? 0, headers: toHeaders(message), text };
  } finally {
    request.destroy();
  }
}

async function readText(message: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of decompressed(message)) {
    if (!Buffer.isBuffer(chunk)) continue; // streams of bytes give nothing else
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_AT_MOST) throw new AnswerTooLong(message.statusCode ?? 0);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The body as it was before the server packed it; an unknown packing is left as it is. */
function decompressed(message: http.IncomingMessage): Readable {
  const unpack = unpacker(message.headers['content-encoding'] ?? '');
  if (unpack === null) return message;
  message.on('error', (error) => unpack.destroy(error));
  return message.pipe(unpack);
}

function unpacker(encoding: string): (Readable & NodeJS.WritableStream) | null {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return null;
  }
}

function toHeaders({ headersDistinct }: http.IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
}
