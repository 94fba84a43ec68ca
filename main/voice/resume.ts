import { backoffMs } from '../base/backoff.ts';
import { sleep, startDeadline } from '../base/wait.ts';
import { closeMeaning } from './close-codes.ts';
import { HELLO_LIMIT_MS, openGreeted } from './handshake.ts';
import { VoiceError } from './voice-error.ts';
import type { VoiceGateway, VoiceGatewayOptions } from './voice-gateway.ts';
import { VOICE_OPCODE } from './voice-opcodes.ts';
import type { VoiceServer } from './voice-server.ts';

/** A server keeps a session for about a minute; after three failures a fresh join is the shorter way. */
const ATTEMPTS = 3;

/** Before the second and the third attempt; the first attempt comes at once and mostly succeeds. */
const PAUSES = { firstMs: 500, mostMs: 2_000 };

/**
 * Opens the session's WebSocket again and lets the server replay missed messages: Hello, op 7, replay, op 9. Throws
 * VoiceError: of the close code when that is final, `session-invalid` after three failures or when the server does
 * not finish within 10 s; or the signal's reason. Nothing is left open then.
 */
export async function resumeSession(
  server: VoiceServer,
  options: VoiceGatewayOptions,
  signal: AbortSignal,
): Promise<VoiceGateway> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryResume(server, options, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof VoiceError)) throw error;
      if (error.reason === 'session-invalid' || isFinal(error)) throw error;
      options.log.info('resume failed', { attempt, error: error.message });
      if (attempt === ATTEMPTS)
        throw new VoiceError('session-invalid', `resume failed ${String(attempt)} times`, {
          cause: error,
        });
      await sleep(backoffMs(PAUSES, attempt), signal);
    }
  }
}

async function tryResume(
  server: VoiceServer,
  options: VoiceGatewayOptions,
  signal: AbortSignal,
): Promise<VoiceGateway> {
  using deadline = startDeadline(
    {
      limitMs: HELLO_LIMIT_MS,
      onLimit: () => new VoiceError('session-invalid', 'voice gateway did not resume in 10 s'),
    },
    signal,
  );
  const gateway = await openGreeted(options, deadline.signal);
  gateway.described();
  try {
    gateway.send(VOICE_OPCODE.resume, {
      server_id: server.guildId,
      session_id: server.sessionId,
      token: server.token,
      seq_ack: options.received.newest,
    });
    const { flight } = options.log;
    flight.step({ of: 'voice', step: 'voice-resumed', limitMs: HELLO_LIMIT_MS, awaited: 'op 9' });
    await gateway.expect('resumed', deadline.signal);
    flight.step({ of: 'voice', step: 'voice-resumed', awaited: null });
    return gateway;
  } catch (error) {
    await gateway.close();
    throw error;
  }
}

function isFinal(error: VoiceError): boolean {
  return error.closeCode !== null && closeMeaning(error.closeCode) !== null;
}
