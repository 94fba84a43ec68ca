import { TapedeckError } from '../base/errors.ts';
import { closeMeaning } from './close-codes.ts';
import type { Remedy, VoiceReason } from './close-codes.ts';

/** What to do about a failure that came without a close code. */
const REMEDIES: Readonly<Record<VoiceReason, Remedy>> = {
  disconnected: 'await-server',
  'session-invalid': 'rejoin',
  authentication: 'rejoin-once',
  'server-not-found': 'rejoin',
  'e2ee-required': 'stop',
  'rate-limited': 'stop',
  'call-ended': 'await-server',
  'no-transport-mode': 'stop',
  'udp-unanswered': 'rejoin-once',
  'ipv6-unreachable': 'rejoin-once',
  unreachable: 'rejoin',
  protocol: 'rejoin-once',
};

/** A voice connection could not be opened, or ended and cannot be resumed. */
export class VoiceError extends TapedeckError<VoiceReason> {
  /** The voice gateway's close code, 1000–4999; null when the failure is not a close of the WebSocket. */
  readonly closeCode: number | null;
  readonly remedy: Remedy;

  constructor(
    reason: VoiceReason,
    message: string,
    options: ErrorOptions & { readonly closeCode?: number } = {},
  ) {
    super(reason, message, options);
    this.closeCode = options.closeCode ?? null;
    const meaning = this.closeCode === null ? null : closeMeaning(this.closeCode);
    this.remedy = meaning?.remedy ?? REMEDIES[reason];
  }
}

/**
 * The failure for a WebSocket that closed before there was a session to resume: the reason of its close code, and
 * `unreachable` for codes that are resumed otherwise (network, restart or crash of the server).
 */
export function closeError(closeCode: number, text: string): VoiceError {
  const reason = closeMeaning(closeCode)?.reason ?? 'unreachable';
  const said = text === '' ? '' : `: ${text}`;
  return new VoiceError(reason, `voice gateway closed with ${String(closeCode)}${said}`, {
    closeCode,
  });
}
