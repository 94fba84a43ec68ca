import { TapedeckError } from '../base/errors.ts';

/** Why there is no way to a server that somebody can mend. */
export type NetworkErrorReason =
  | 'certificate-untrusted' // nobody whom this computer trusts vouches for it: a scanner or a company opens TLS
  | 'certificate-wrong-host' // it is good, and another server's
  | 'certificate-expired'
  | 'clock-wrong' // its time is so far from ours that our clock must be wrong
  | 'tls-failed' // what answers does not speak TLS, or breaks off
  | 'proxy-refused' // the proxy answered, and not with a way
  | 'proxy-unreachable'
  | 'proxy-unusable'; // its address cannot be read, or it is of a kind we do not speak

/** What the sentence for the reason names: host, issuer, date, proxy, status. Never a user name or password. */
export type NetworkErrorDetails = Readonly<Record<string, string | number>>;

/** TLS or a proxy stands in the way; found as the cause of a DiscordError or VoiceError. */
export class NetworkError extends TapedeckError<NetworkErrorReason> {
  readonly details: NetworkErrorDetails;

  constructor(reason: NetworkErrorReason, details: NetworkErrorDetails, options?: ErrorOptions) {
    super(reason, `${reason} ${JSON.stringify(details)}`, options);
    this.details = details;
  }

  /** True where trying again within a minute is of no use. */
  get isLasting(): boolean {
    switch (this.reason) {
      case 'certificate-untrusted':
      case 'certificate-wrong-host':
      case 'certificate-expired':
      case 'clock-wrong':
      case 'proxy-unusable':
        return true;
      case 'proxy-refused':
        return Number(this.details['status']) < 500;
      case 'tls-failed':
      case 'proxy-unreachable':
        return false;
    }
  }
}

/** Causes of causes that are looked at. */
const DEPTH_AT_MOST = 8;

/** The error and its causes, the outermost first. */
export function* causesOf(thrown: unknown): Generator<unknown, void, undefined> {
  let error = thrown;
  for (let depth = 0; error !== undefined && depth < DEPTH_AT_MOST; depth += 1) {
    yield error;
    error = error instanceof Error ? error.cause : undefined;
  }
}

/** The NetworkError that an error is or comes from; null when there is none. */
export function networkErrorOf(thrown: unknown): NetworkError | null {
  for (const error of causesOf(thrown)) if (error instanceof NetworkError) return error;
  return null;
}
