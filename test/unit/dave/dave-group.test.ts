import { expect, test } from 'vitest';
import { DaveGroup } from '../../../main/dave/dave-group.ts';
import { ExternalSender } from '../../../main/dave/external-sender.ts';
import {
  appendProposals,
  parseCommitWelcome,
  revokeProposals,
} from '../../../main/dave/mls-wire.ts';
import { CHANNEL, SAID } from '../../support/dave-crowd.ts';
import { DaveyMember } from '../../support/davey-member.ts';

const [ANN, BEN, CAT, DAN] = ['1', '2', '3', '4'] as const;
const server = new ExternalSender(CHANNEL);
const packageOf = (userId: string): Buffer => new DaveyMember(userId, CHANNEL).keyPackage;

/** Ann's group, in epoch 1 with Ben. */
function annWithBen(): DaveGroup {
  const group = new DaveGroup({ version: 1, userId: ANN, channelId: CHANNEL }, 'joining');
  group.setExternalSender(server.packageBody());
  const toBen = appendProposals([server.add(0, packageOf(BEN))]);
  const answer = parseCommitWelcome(group.answerProposals(toBen, [ANN, BEN]) ?? SAID);
  group.takeCommit(answer?.commit ?? SAID);
  return group;
}

test('proposals are not committed to when one was refused and there is no welcome', () => {
  const group = annWithBen();
  const adds = appendProposals([CAT, DAN].map((userId) => server.add(1, packageOf(userId))));
  expect(group.answerProposals(adds, [ANN, BEN, CAT])).toBeNull(); // Dan is not connected
  const removal = appendProposals([server.remove(1, 1)]);
  expect(group.answerProposals(removal, [ANN, BEN, CAT])).toBeNull();
  const again = parseCommitWelcome(group.answerProposals(adds, [ANN, BEN, CAT, DAN]) ?? SAID);
  expect(again?.refs).toHaveLength(3);
  expect(again?.welcome).not.toBeNull();
});

test('proposals that were refused after a commit are committed to when sent again', () => {
  const group = annWithBen();
  const toCat = appendProposals([server.add(1, packageOf(CAT))]);
  const toDan = appendProposals([server.add(1, packageOf(DAN))]);
  expect(group.answerProposals(toCat, [ANN, BEN, CAT])).not.toBeNull();
  expect(group.answerProposals(toDan, [ANN, BEN, CAT])).toBeNull();
  const both = parseCommitWelcome(group.answerProposals(toDan, [ANN, BEN, CAT, DAN]) ?? SAID);
  expect(both?.refs).toHaveLength(2);
});

test('proposals that were refused are committed to once everybody in them is known', () => {
  const group = annWithBen();
  const toCat = appendProposals([server.add(1, packageOf(CAT))]);
  const toDan = appendProposals([server.add(1, packageOf(DAN))]);
  for (const body of [toCat, toDan, toDan])
    expect(group.answerProposals(body, [ANN, BEN])).toBeNull();
  expect(group.retryRefused([ANN, BEN])).toBeNull();
  const one = parseCommitWelcome(group.retryRefused([ANN, BEN, CAT]) ?? SAID);
  expect(one?.refs).toHaveLength(1);
  const both = parseCommitWelcome(group.retryRefused([ANN, BEN, CAT, DAN]) ?? SAID);
  expect(both?.refs).toHaveLength(2);
  expect(group.retryRefused([ANN, BEN, CAT, DAN])).toBeNull();
});

test('what is no proposal, and what is revoked, is not tried again', () => {
  const group = annWithBen();
  const proposal = server.add(1, packageOf(CAT));
  const toCat = appendProposals([proposal]);
  expect(group.answerProposals(Uint8Array.of(0, 9, 9), [ANN, BEN])).toBeNull();
  expect(group.answerProposals(toCat, [ANN, BEN])).toBeNull();
  group.answerProposals(revokeProposals([proposal]), [ANN, BEN]);
  expect(group.retryRefused([ANN, BEN, CAT])).toBeNull();
});
