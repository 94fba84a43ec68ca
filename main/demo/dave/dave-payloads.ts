import { z } from 'zod';

/** Opcodes of end-to-end encryption on the voice gateway: 25 to 30 are binary, the others JSON. */
export const DAVE_OPS = {
  prepareTransition: 21,
  executeTransition: 22,
  transitionReady: 23,
  prepareEpoch: 24,
  externalSender: 25,
  keyPackage: 26,
  proposals: 27,
  commitWelcome: 28,
  announceCommit: 29,
  welcome: 30,
  invalidCommitWelcome: 31,
} as const;

/** Payload of ops 23 and 31, which clients send, and of 21 and 22, which the server sends. */
export const daveTransition = z.object({
  transition_id: z.number().int().min(0).max(65_535),
  protocol_version: z.number().int().optional(),
});
