/** A discrepancy from its beginning to its end, over real Postgres and NATS, with the sandbox as the institution. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { reconciliationRpc as rpc } from '@tidemark/contracts';
import { waitUntil } from '@tidemark/testing';
import { NOW, ReconciliationFixture } from '../testing/reconciliation.fixture.js';

let fixture: ReconciliationFixture;
beforeAll(async () => {
  fixture = await ReconciliationFixture.start('recon_life');
}, 60_000);
afterAll(() => fixture?.close());
beforeEach(async () => {
  await fixture.sandbox.calm();
  await fixture.at(NOW);
});

const DAY_AFTER = '2026-11-21T22:00:00.000Z';
const TWO_AFTER = '2026-11-22T22:00:00.000Z';
const types = async (user: string) => (await fixture.told(user)).map(({ type }) => type).filter((type) => type.startsWith('Discrepancy'));

describe('a discrepancy', () => {
  it('is the same one as long as it is there, and ends when a late transaction makes the books agree; earlier reports stand', async () => {
    const ida = await fixture.held('ida');
    await fixture.at(DAY_AFTER);
    await fixture.sandbox.hold(ida.worldId, 'aapl', '13.7');
    const red = await fixture.reconciled('ida');
    const [opened] = await fixture.discrepancies('ida');
    // Another snapshot, that shows the other figure too, hides nothing.
    await fixture.at('2026-11-21T23:00:00.000Z');
    await fixture.capture(ida);
    await fixture.at(TWO_AFTER);
    const again = await fixture.reconciled('ida');
    expect(again).toMatchObject({ status: 'discrepant', discrepancies: { opened: 0, persisting: 1, resolved: 0 } });
    expect(await fixture.discrepancies('ida')).toMatchObject([{ id: opened?.id, status: 'persisting', timesSeen: 2, openedBy: red.id, lastSeenBy: again.id }]);
    await fixture.sandbox.happened({ account: ida.worldId, date: '2026-11-21', kind: 'asset_transfer_in', security: 'aapl', quantity: '3.7', amount: '0' });
    const green = await fixture.reconciled('ida');
    expect(green).toMatchObject({ status: 'matched', discrepancies: { opened: 0, persisting: 0, resolved: 1 } });
    expect(await fixture.discrepancies('ida', 'open')).toEqual([]);
    expect(await fixture.discrepancies('ida')).toMatchObject([{ id: opened?.id, status: 'resolved', resolution: 'matched', resolvedBy: green.id, difference: '3.7' }]);
    expect(await fixture.ended('ida', red.id)).toMatchObject({ status: 'discrepant', accountReports: [{ result: 'discrepant', lines: [{}, { discrepancyId: opened?.id, difference: '3.7' }] }] });
    expect((await types('ida')).filter((type) => type !== 'DiscrepancyExplained')).toEqual(['DiscrepancyOpened', 'DiscrepancyResolved']);
  });

  it('says between which two snapshots the books parted, or that only the fresh answer differs', async () => {
    const dia = await fixture.held('dia');
    await fixture.at('2026-11-21T10:00:00.000Z');
    const good = await fixture.capture(dia);
    await fixture.at(DAY_AFTER);
    await fixture.sandbox.hold(dia.worldId, 'aapl', '13.7');
    await fixture.reconciled('dia');
    expect((await fixture.discrepancies('dia'))[0]?.divergence).toMatchObject({ before: { id: good.get(dia.accountId) }, after: null, difference: '3.7' });
    await fixture.at('2026-11-22T10:00:00.000Z');
    const bad = await fixture.capture(dia);
    await fixture.at(TWO_AFTER);
    await fixture.capture(dia);
    await fixture.at('2026-11-23T10:00:00.000Z');
    await fixture.reconciled('dia');
    expect((await fixture.discrepancies('dia'))[0]?.divergence).toMatchObject({ before: { id: good.get(dia.accountId) }, after: { id: bad.get(dia.accountId) }, difference: '3.7' });
  });

  it('that was accepted stays as a person ended it; what comes after is another, and the provider may take its word back', async () => {
    const abe = await fixture.held('abe');
    await fixture.sandbox.hold(abe.worldId, 'aapl', '8');
    await fixture.reconciled('abe');
    const [first] = await fixture.discrepancies('abe', 'open');
    await fixture.must(rpc.resolveDiscrepancy, 'abe', { discrepancyId: first?.id ?? '', note: 'a gift' });
    await fixture.sandbox.hold(abe.worldId, 'aapl', '6');
    expect(await fixture.reconciled('abe')).toMatchObject({ status: 'discrepant', discrepancies: { opened: 1 } });
    const [second] = await fixture.discrepancies('abe', 'open');
    expect(second).toMatchObject({ expected: '8', actual: '6', difference: '-2' });
    expect(second?.id).not.toBe(first?.id);
    expect(await fixture.must(rpc.getDiscrepancy, 'abe', { discrepancyId: first?.id ?? '' })).toMatchObject({ status: 'resolved', resolution: 'accepted', note: 'a gift', difference: '-2' });
    await fixture.sandbox.hold(abe.worldId, 'aapl', '10');
    expect(await fixture.reconciled('abe')).toMatchObject({ status: 'matched', discrepancies: { resolved: 1 }, accountReports: [{ lines: [{}, { expected: '10', actual: '10' }] }] });
  });

  it('is not explained by a guess', async () => {
    const gil = await fixture.held('gil');
    await fixture.sandbox.hold(gil.worldId, 'aapl', '20');
    await fixture.reconciled('gil');
    expect(await fixture.discrepancies('gil')).toMatchObject([{ status: 'open', explanations: [{ kind: 'split', complete: true }] }]);
  });

  it('does not end, and its basis does not move, because one run is asked to be lenient', async () => {
    const leo = await fixture.held('leo');
    await fixture.at(DAY_AFTER);
    await fixture.sandbox.hold(leo.worldId, 'aapl', '6');
    await fixture.reconciled('leo');
    const [opened] = await fixture.discrepancies('leo');
    await fixture.at('2026-11-21T23:00:00.000Z');
    await fixture.capture(leo);
    await fixture.at(TWO_AFTER);
    expect(await fixture.reconciled('leo', { tolerance: { relative: '0.99' } })).toMatchObject({ status: 'matched', lines: { within_tolerance: 1 }, discrepancies: { resolved: 0 } });
    expect(await fixture.discrepancies('leo', 'open')).toMatchObject([{ id: opened?.id }]);
    expect(await fixture.reconciled('leo')).toMatchObject({ status: 'discrepant', accountReports: [{ basis: { id: opened?.basis.id }, lines: [{}, { expected: '10', actual: '6', discrepancyId: opened?.id }] }] });
  });

  it('begins when what was tolerated a little at a time is more than is tolerated', async () => {
    const lea = await fixture.held('lea');
    const statuses: string[] = [];
    for (let day = 21; day < 25; day += 1) {
      await fixture.at(`2026-11-${day}T10:00:00.000Z`);
      await fixture.sandbox.change(() => void Object.assign(fixture.sandbox.account(lea.worldId), { cash: [{ currency: 'USD', amount: `999.${99 - (day - 21) * 0.5 * 2}` }] }));
      await fixture.capture(lea);
      await fixture.at(`2026-11-${day}T12:00:00.000Z`);
      statuses.push((await fixture.reconciled('lea')).status);
    }
    // A cent is tolerated once: with the second the books part from what they were, however often the basis has moved.
    expect(statuses).toEqual(['matched', 'discrepant', 'discrepant', 'discrepant']);
    expect(await fixture.discrepancies('lea', 'open')).toMatchObject([{ asset: 'currency:USD', expected: '1000', actual: '999.96', difference: '-0.04' }]);
    await fixture.sandbox.change(() => void Object.assign(fixture.sandbox.account(lea.worldId), { cash: [{ currency: 'USD', amount: '1000.00' }] }));
    expect(await fixture.reconciled('lea')).toMatchObject({ status: 'matched', lines: { matched: 2, within_tolerance: 0 }, discrepancies: { resolved: 1 } });
  });

  it('that a person accepts ends with their note, is not found again, and does not come back with the next basis', async () => {
    const amy = await fixture.held('amy');
    // It shows the old figure: from there on the books do not agree without what is accepted below, so no basis moves to it.
    await fixture.at('2026-11-21T10:00:00.000Z');
    await fixture.capture(amy);
    await fixture.at(DAY_AFTER);
    await fixture.sandbox.hold(amy.worldId, 'aapl', '13.7');
    await fixture.reconciled('amy');
    const [found] = await fixture.discrepancies('amy');
    const resolved = await fixture.must(rpc.resolveDiscrepancy, 'amy', { discrepancyId: found?.id ?? '', note: 'a gift from an aunt' });
    expect(resolved).toMatchObject({ status: 'resolved', resolution: 'accepted', note: 'a gift from an aunt', resolvedBy: null });
    expect(await fixture.call(rpc.resolveDiscrepancy, 'amy', { discrepancyId: found?.id ?? '', note: 'again' })).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect((await fixture.told('amy', 'DiscrepancyResolved'))[0]?.data).toMatchObject({ discrepancyId: found?.id, runId: null, resolution: 'accepted', note: 'a gift from an aunt', audit: { hash: expect.any(String) } });
    expect(await fixture.reconciled('amy')).toMatchObject({ status: 'matched', accountReports: [{ basis: { id: found?.basis.id }, lines: [{}, { expected: '13.7', outcome: 'matched' }] }] });
    expect(await fixture.reconciled('amy')).toMatchObject({ status: 'matched', accountReports: [{ basis: { id: found?.basis.id } }] });
    await fixture.at(TWO_AFTER);
    const next = await fixture.capture(amy);
    // The run finds agreement up to the new snapshot; the one after it begins there, and what was accepted is part of it.
    expect(await fixture.reconciled('amy')).toMatchObject({ status: 'matched' });
    expect(await fixture.reconciled('amy')).toMatchObject({ status: 'matched', accountReports: [{ basis: { id: next.get(amy.accountId) }, lines: [{}, { expected: '13.7' }] }] });
    expect((await fixture.database.query('SELECT 1 FROM accepted_difference WHERE account_id = $1', [amy.accountId])).rowCount).toBe(0);
  });

  it('whose kind changes is superseded by another', async () => {
    const sue = await fixture.held('sue');
    await fixture.sandbox.hold(sue.worldId, 'aapl', '13.7');
    await fixture.reconciled('sue');
    await fixture.sandbox.hold(sue.worldId, 'aapl', '0');
    expect(await fixture.reconciled('sue')).toMatchObject({ discrepancies: { opened: 1, persisting: 0, resolved: 1 } });
    const all = await fixture.discrepancies('sue');
    expect(new Map(all.map(({ kind, status, resolution }) => [kind, [status, resolution]]))).toMatchObject(new Map([['mismatch', ['resolved', 'superseded']], ['missing_remote', [expect.any(String), null]]]));
  });

  it('of an account that is gone ends with it', async () => {
    const gus = await fixture.held('gus');
    await fixture.sandbox.hold(gus.worldId, 'aapl', '13.7');
    await fixture.reconciled('gus');
    await fixture.say('connections', 'gus', [[`connection-${gus.connectionId}`, 'ConnectionRemoved', { userId: 'gus', connectionId: gus.connectionId, reason: 'asked for', erased: false, accountIds: [gus.accountId] }]]);
    // Nobody has to ask: the removal itself ends it.
    await waitUntil(async () => (await fixture.discrepancies('gus', 'open')).length === 0, { describe: 'the discrepancy to end with its account' });
    expect(await fixture.discrepancies('gus')).toMatchObject([{ status: 'resolved', resolution: 'account_gone' }]);
    expect(await fixture.reconciled('gus', { accountIds: [gus.accountId] })).toMatchObject({ accountReports: [{ result: 'skipped', reason: expect.stringContaining('disconnected') }] });
  });

  it('is explained where a transaction is pending', async () => {
    const pen = await fixture.held('pen', 'north', { holdings: [] });
    await fixture.at(DAY_AFTER);
    await fixture.sandbox.happened({ account: pen.worldId, date: '2026-11-21', kind: 'pending_credit', amount: '75.5' });
    await fixture.sandbox.change(() => void Object.assign(fixture.sandbox.account(pen.worldId), { cash: [{ currency: 'USD', amount: '1075.50' }] }));
    await fixture.reconciled('pen');
    expect(await fixture.discrepancies('pen')).toMatchObject([{ asset: 'currency:USD', status: 'explained', explanations: [{ kind: 'pending_transaction', quantity: '75.5', complete: true, evidence: [{ kind: 'transaction' }] }] }]);
  });

  it('of two accounts that are one transfer names the other', async () => {
    const [from, to] = [await fixture.held('tra', 'north'), await fixture.held('tra', 'south')];
    await fixture.sandbox.hold(from.worldId, 'aapl', '7.3');
    await fixture.sandbox.hold(to.worldId, 'aapl', '12.7');
    const report = await fixture.reconciled('tra');
    const all = await fixture.discrepancies('tra', 'open');
    expect(all).toMatchObject([{ status: 'explained' }, { status: 'explained' }]);
    expect(all.map(({ explanations }) => explanations[0]?.kind)).toEqual(['transfer', 'transfer']);
    expect(report.accountReports.map(({ lines }) => lines[1]?.explanations[0]?.kind)).toEqual(['transfer', 'transfer']);
    expect((await fixture.told('tra', 'DiscrepancyExplained')).map(({ data }) => data['explanations'])).toMatchObject([[{ kind: 'transfer', complete: true }]]);
    expect(await fixture.must(rpc.verifyAudit, 'tra', {})).toMatchObject({ valid: true });
  });
});
