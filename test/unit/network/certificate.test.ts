import { expect, test } from 'vitest';
import { tlsFailure } from '../../../main/network/certificate.ts';
import { networkErrorOf } from '../../../main/network/network-error.ts';

const NOW = Date.parse('2026-12-01T12:00:00Z');
const DAY_MS = 86_400_000;
const host = 'discord.com';

function failure(code: string, validity: { from?: number; to?: number } = {}) {
  const { from = NOW - 90 * DAY_MS, to = NOW + 90 * DAY_MS } = validity;
  const seen = { issuer: 'Scanner Root', validFromMs: from, validToMs: to };
  const error = Object.assign(new Error(code), { code });
  const { reason, details } = tlsFailure(error, { host, seen, nowMs: NOW }) ?? {};
  return { reason, details };
}

test.each([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'INVALID_CA',
])('%s names who vouches for the server', (code) => {
  expect(failure(code)).toEqual({
    reason: 'certificate-untrusted',
    details: { host, issuer: 'Scanner Root' },
  });
});

test('the certificate of another host', () => {
  expect(failure('ERR_TLS_CERT_ALTNAME_INVALID').reason).toBe('certificate-wrong-host');
});

test('a certificate that ran out lately is its own fault, one of years ago our clock’s', () => {
  expect(failure('CERT_HAS_EXPIRED', { to: NOW - 40 * DAY_MS })).toEqual({
    reason: 'certificate-expired',
    details: { host, issuer: 'Scanner Root', date: '2026-10-22' },
  });
  expect(failure('CERT_HAS_EXPIRED', { to: NOW - 3_000 * DAY_MS })).toEqual({
    reason: 'clock-wrong',
    details: { host, now: '2026-12-01', date: '2018-09-14' },
  });
});

test('a certificate of the future is our clock’s fault', () => {
  expect(failure('CERT_NOT_YET_VALID', { from: NOW + 800 * DAY_MS })).toEqual({
    reason: 'clock-wrong',
    details: { host, now: '2026-12-01', date: '2029-02-08' },
  });
});

test('what does not speak TLS is told so, what the network does is not TLS’s', () => {
  expect(failure('EPROTO').reason).toBe('tls-failed');
  expect(failure('ERR_SSL_WRONG_VERSION_NUMBER').reason).toBe('tls-failed');
  expect(failure('ECONNREFUSED').reason).toBeUndefined();
  expect(failure('ENOTFOUND').reason).toBeUndefined();
});

test('it is found behind other errors, and a circle of causes ends', () => {
  const error = tlsFailure(Object.assign(new Error('x'), { code: 'EPROTO' }), {
    host,
    seen: null,
    nowMs: NOW,
  });
  const outer = new Error('a', { cause: new Error('b', { cause: error }) });
  expect(networkErrorOf(outer)).toBe(error);
  const circle = new Error('round');
  circle.cause = circle;
  expect(networkErrorOf(circle)).toBeNull();
});
