import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../main/cli/exit-code.ts';
import { problemText } from '../../preload/contract/messages/text.ts';
import type { RestAnswer } from '../../main/demo/rest/rest-answer.ts';
import { Call } from '../support/call.ts';
import { expectRefusal } from '../support/cannot-begin.ts';
import { noticesOf, refuseNickname } from '../support/given-notices.ts';
import { FastTime } from '../support/fast-time.ts';

interface Refusal {
  readonly name: string;
  readonly answer: RestAnswer;
  readonly details: Readonly<Record<string, string>>;
  readonly says: string;
}

const json = (status: number, code: number, message: string): RestAnswer => ({
  status,
  body: { message, code },
});

const REFUSALS: readonly Refusal[] = [
  {
    name: '400 by moderation',
    answer: json(400, 200000, 'Message was blocked by automatic moderation'),
    details: { why: 'moderation' },
    says: 'AutoMod',
  },
  {
    name: '400 by the filter of explicit content',
    answer: json(400, 20009, 'Explicit content cannot be sent to the desired recipient(s)'),
    details: { why: 'moderation' },
    says: 'AutoMod',
  },
  {
    name: '400 for something else',
    answer: json(400, 50035, 'Invalid Form Body'),
    details: { why: 'refused', answer: '400/50035' },
    says: '(400/50035)',
  },
  {
    name: '401',
    answer: json(401, 0, '401: Unauthorized'),
    details: { why: 'refused', answer: '401/0' },
    says: '(401/0)',
  },
  {
    name: '403',
    answer: json(403, 50001, 'Missing Access'),
    details: { why: 'permission', permission: 'Send Messages' },
    says: '“Send Messages”',
  },
  {
    name: '404',
    answer: json(404, 10003, 'Unknown Channel'),
    details: { why: 'refused', answer: '404/10003' },
    says: '(404/10003)',
  },
  {
    name: '429 for ever',
    answer: { status: 429, body: { message: 'slow down', retry_after: 9, global: false } },
    details: { why: 'unanswered' },
    says: 'in time',
  },
  {
    name: '429 for longer than anybody waits',
    answer: { status: 429, body: { message: 'slow down', retry_after: 900, global: false } },
    details: { why: 'trouble', answer: '429' },
    says: '(429)',
  },
  {
    name: '500 for ever',
    answer: json(500, 0, 'Internal Server Error'),
    details: { why: 'trouble', answer: '500/0' },
    says: '(500/0)',
  },
  {
    name: 'a page of Cloudflare',
    answer: { status: 403, body: '<!DOCTYPE html><title>Attention Required!</title>' },
    details: { why: 'refused', answer: '403' },
    says: '(403)',
  },
  {
    name: 'a page in place of the message',
    answer: { status: 200, body: '<html>welcome</html>' },
    details: { why: 'refused', answer: '200' },
    says: '(200)',
  },
];

describe('without a notice nothing is recorded:', () => {
  test.each(REFUSALS)('$name', async ({ answer, details, says }) => {
    using time = new FastTime();
    await using call = await time.during(Call.start({ talkers: [] }));
    refuseNickname(call.demo);
    call.demo.joins.stageSuppresses = 'everyone';
    call.demo.rest.plan({ method: 'POST', path: /messages$/, answer, times: 1_000 });
    const refused = await time.during(
      expectRefusal(call, 'cannot-give-notice', { notice: 'given' }),
    );
    expect(refused).toMatchObject(details);
    const { channelId } = call;
    expect(noticesOf(call)).toEqual([
      ...['message', 'nickname', 'sound'].map((kind) => ({ kind, channelId, ok: false })),
    ]);
    const told = problemText({ code: 'cannot-give-notice', details: refused });
    expect(told).toContain(says);
    expect(told).not.toContain('by itself');
    expect(exitCodeOf('cannot-give-notice')).toBe(4);
  });

  test('a notice that Discord has taken is told before the recording begins', async () => {
    await using call = await Call.start({ talkers: [] });
    call.demo.joins.stageSuppresses = 'everyone';
    const session = await call.record({ notice: 'given' });
    const names = call.events.map(({ event }) => event);
    expect(names.slice(0, names.indexOf('joined'))).toEqual([
      ...['connected', 'notice', 'notice', 'notice'],
    ]);
    const { channelId } = call;
    expect(noticesOf(call)).toEqual([
      { kind: 'message', channelId, ok: true },
      { kind: 'nickname', channelId, ok: true },
      { kind: 'sound', channelId, ok: false }, // the audience of a stage is muted
    ]);
    await session.stop('user');
  });
});
