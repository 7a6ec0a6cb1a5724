/** What docs/live.md says is said: every example on the page is a message of the schemas, every code that closes a socket is in its table. */
import { describe, expect, it } from '@jest/globals';
import { fieldErrors } from '@tidemark/service';
import { readFileSync } from 'node:fs';
import { ClientMessage, CLOSE, CONNECTION_CHANGES, ServerMessage } from './live-messages.js';

const page = readFileSync(new URL('../../../../docs/live.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```json (client|server)\n([\s\S]*?)```/g)].map(([, by, text]) => ({ by, message: JSON.parse(text ?? '') as unknown }));

describe('docs/live.md', () => {
  it('shows messages that are what the code takes and sends', () => {
    expect(examples.filter(({ by }) => by === 'client')).toHaveLength(5);
    for (const { by, message } of examples) expect([message, fieldErrors(by === 'client' ? ClientMessage : ServerMessage, message)]).toEqual([message, null]);
  });

  it('names every code that closes a socket and every change', () => {
    for (const { code } of Object.values(CLOSE)) expect(page).toContain(`| ${code} |`);
    for (const change of CONNECTION_CHANGES) expect(page).toContain(`\`${change}\``);
  });

  it('would fail on an example that is not', () => {
    expect(fieldErrors(ServerMessage, { pong: 17 })).not.toBeNull();
    expect(fieldErrors(ClientMessage, { subscribe: ['prices'] })).not.toBeNull();
  });
});
