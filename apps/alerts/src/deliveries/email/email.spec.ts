import { describe, expect, it } from '@jest/globals';
import type { alertsRpc } from '@tidemark/contracts';
import { compose } from './compose.js';
import { isMailbox, parseSender } from './mail-address.js';

const ALERT: alertsRpc.AlertMessage = {
  alertId: '019aa000-0000-7000-8000-000000000001', ruleId: '019aa000-0000-7000-8000-000000000002', name: 'Low cash', kind: 'balance_below', accountId: null, connectionId: null, raisedAt: '2026-11-20T15:00:00.000Z',
  cause: { eventId: null, type: 'BalanceSnapshotCaptured', at: '2026-11-20T14:59:59.000Z' }, message: 'The portfolio is worth 900.5 USD, below 1000 USD.', figures: { value: '900.5', threshold: '1000', unit: 'money', currency: 'USD', asset: null },
};

describe('an e-mail', () => {
  it('says what happened, with figures as they are, and which rule it was', () => {
    const { subject, text } = compose(ALERT);
    expect(subject).toBe('Alert: Low cash');
    expect(text.split('\n').slice(0, 7)).toEqual(['The portfolio is worth 900.5 USD, below 1000 USD.', '', 'Value: 900.5 USD', 'Threshold: 1000 USD', 'Rule: Low cash (balance_below)', 'Raised at: 2026-11-20T15:00:00.000Z', 'Because of: BalanceSnapshotCaptured, 2026-11-20T14:59:59.000Z']);
  });

  it.each(['x\r\nBcc: eve@example.com', 'x\nSubject: y', 'x\u2028Bcc: y', 'x\u0000y\u202Ey', 'x\u0085y'])('has a subject of one line for a rule called %j', (name) => {
    const { subject, text } = compose({ ...ALERT, name });
    expect([/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(subject), text.split('\n').some((line) => /^(Bcc|Subject)/.test(line))]).toEqual([false, false]);
  });
});

describe('a mailbox', () => {
  it.each(['ann@example.com', 'ann+alerts@mail.example.co.uk', "o'neil@example.com", 'a@xn--bcher-kva.example'])('%s is one', (text) => expect(isMailbox(text)).toBe(true));
  it.each(['ann', 'ann@localhost', 'a@b@c.com', 'a@b.com,c@d.com', 'a@b.com;c@d.com', 'Ann <a@b.com>', '"a b"@c.com', 'a@b.com\r\nBcc: x@y.z', 'a@b..com', '<a@b.com>', 'a@-b.com', `${'a'.repeat(65)}@b.com`, 'a(x)@b.com'])('%j is none', (text) => expect(isMailbox(text)).toBe(false));
  it('is a sender, with a name or without', () => {
    expect([parseSender('Tidemark <alerts@example.com>'), parseSender('alerts@example.com'), parseSender('Tide"mark <a@b.com>'), parseSender('nobody')]).toEqual([{ name: 'Tidemark', address: 'alerts@example.com' }, { name: '', address: 'alerts@example.com' }, undefined, undefined]);
  });
});
