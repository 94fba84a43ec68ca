/**
 * What is wrong with a stream.
 * - `garbage`: bytes between pages that are no valid page; `truncated`: such bytes at the end
 * - `page-sequence`: a page is missing or comes again
 * - `granule`: a granule position is not the sum of the packets before it
 * - `foreign-page`: a page of another stream
 * - `header`: OpusHead or OpusTags is missing or malformed
 * - `packet`: a packet is no Opus, or a part of the packet is missing
 * - `end`: pages behind the last page (EOS), or no last page
 */
export type OggFindingKind =
  | 'garbage'
  | 'truncated'
  | 'page-sequence'
  | 'granule'
  | 'foreign-page'
  | 'header'
  | 'packet'
  | 'end';

/** One thing wrong with a stream; reading goes on behind it. */
export interface OggFinding {
  readonly kind: OggFindingKind;
  /** In bytes from the start of what was fed. */
  readonly offset: number;
  /** Lower case, with the numbers; for logs and reports. */
  readonly message: string;
}
