import type { Snowflake } from '../base/snowflake.ts';
import type { PersonInfo } from '../discord/voice-state.ts';
import type { GivenNotice } from '../notice/notices.ts';

/** How people were told before sample 0. */
export class GivenBefore {
  readonly notices: GivenNotice[] = [];
  /** Who was in the channel when a notice reached it, and when that first was; ISO 8601 in UTC. */
  readonly toldAt = new Map<Snowflake, string>();

  /** When a notice first reached the channel, since 1970; null while none has. */
  get firstAtMs(): number | null {
    return this.notices.find(({ failure }) => failure === null)?.atMs ?? null;
  }

  /** A notice was given, or could not be, while `people` were in the channel. */
  add(notice: GivenNotice, people: readonly PersonInfo[]): void {
    this.notices.push(notice);
    if (notice.failure !== null) return;
    const at = new Date(notice.atMs).toISOString();
    for (const { userId } of people) if (!this.toldAt.has(userId)) this.toldAt.set(userId, at);
  }
}
