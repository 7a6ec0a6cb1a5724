import { describe, expect, it } from '@jest/globals';
import { alertsRpc } from '@tidemark/contracts';
import { fieldErrors } from './field-errors.js';

const wrong = (...deliveries: unknown[]) => fieldErrors(alertsRpc.createAlertRule.request, { name: 'Rent', kind: 'balance_below', deliveries });

describe('a union of objects that name their variant', () => {
  it.each([
    ['a bad address of a webhook', { kind: 'webhook', url: 'HTTPS://EXAMPLE.COM' }, [{ field: 'deliveries/0/url', message: 'must be an https address of yours' }]],
    ['a webhook without one', { kind: 'webhook' }, [{ field: 'deliveries/0/url', message: 'is required: an https address of yours' }]],
    ['a mail without an address', { kind: 'email' }, [{ field: 'deliveries/0/to', message: 'is required: an e-mail address' }]],
    ['what the variant does not have', { kind: 'live', url: 'x' }, [{ field: 'deliveries/0/url', message: 'is not known here; known are kind' }]],
    ['a variant that is none', { kind: 'pigeon', to: 'x' }, [{ field: 'deliveries/0/kind', message: 'must be one of webhook, email, live' }]],
    ['no variant', {}, [{ field: 'deliveries/0/kind', message: 'must be one of webhook, email, live' }]],
  ])('is told of by the variant that was meant: %s', (_what, delivery, errors) => {
    expect(wrong(delivery)).toEqual(errors);
  });

  it('is told of each for itself', () => {
    expect(wrong({ kind: 'live' }, { kind: 'email' }, { kind: 'webhook', url: 'x' })?.map(({ field }) => field)).toEqual(['deliveries/1/to', 'deliveries/2/url']);
    expect(wrong('webhook')).toEqual([{ field: 'deliveries/0', message: expect.stringContaining('must be') }]);
  });
});
