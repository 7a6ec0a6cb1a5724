/**
 * The provider's window for people: the page behind a portal's or a hosted link's address. It offers the persons of
 * the world and approves as one of them through `_control`, then shows (or carries back) what the product needs next.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import { SNAPTRADE_PREFIX } from '../snaptrade/snaptrade-operation.js';

export function windowPages(app: FastifyInstance, sandbox: Sandbox): void {
  app.get<{ Querystring: { token?: string } }>(`${SNAPTRADE_PREFIX}/snapTrade/redeemToken`, async (request, reply) => {
    const portal = sandbox.links.portals.get(request.query.token ?? '');
    if (portal === undefined) return gone(reply);
    const link = { kind: 'snaptrade_portal', url: `${sandbox.url()}${request.url}` };
    const institution = portal.broker === null ? undefined : sandbox.world.institutionBySlug(portal.broker)?.name;
    return page(reply, sandbox, { provider: 'SnapTrade', institution, link, back: portal.customRedirect?.match(/^https?:.*/s)?.[0] ?? null });
  });
  app.get<{ Params: { token: string } }>('/plaid/hosted-link/:token', async (request, reply) => {
    const token = sandbox.links.linkTokens.get(request.params.token);
    if (token === undefined) return gone(reply);
    const institution = token.institutionId === null ? undefined : sandbox.world.institutionByPlaidId(token.institutionId)?.name;
    return page(reply, sandbox, { provider: 'Plaid', institution, link: { kind: 'plaid_link', token: token.token }, back: null });
  });
  // Where `link.url` of an API key leads: a person would make the key, or look up the address, there.
  for (const [provider, path] of [['Coinbase', '/coinbase/access/api'], ['dYdX', '/dydx/portfolio']] as const) {
    app.get(path, async (_request, reply) => page(reply, sandbox, { provider, institution: provider, link: { kind: 'api_key', url: `${sandbox.url()}${path}` }, back: null }));
  }
}

interface Window {
  provider: string;
  institution: string | undefined;
  link: object;
  /** Where the person goes afterwards, if the product said so. */
  back: string | null;
}

function gone(reply: FastifyReply): FastifyReply {
  return reply.code(404).type('text/html; charset=utf-8').send('<p>This link is not known here: ask the product for a new one.</p>');
}

function page(reply: FastifyReply, sandbox: Sandbox, { provider, institution, link, back }: Window): FastifyReply {
  const persons = sandbox.world.world.persons.map(({ id, name }) => `<option value="${escape(id)}">${escape(name)}</option>`).join('');
  // JSON inside a script element: only "<" could end it.
  const data = JSON.stringify({ link, back }).replaceAll('<', '\\u003c');
  return reply.type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${provider} (simulated)</title>
<body style="font: 16px system-ui; max-width: 32rem; margin: 4rem auto">
<h1>${provider}, simulated</h1>
<p>Share your accounts at <b>${escape(institution ?? 'an institution that the link does not name')}</b> with the product?</p>
<p><label>I am <select id="person"><option value="">whoever has accounts there</option>${persons}</select></label>
<button id="approve">Approve</button></p>
<pre id="answer" style="white-space: pre-wrap"></pre>
<script>
const { link, back } = ${data};
document.getElementById('approve').onclick = async () => {
  const person = document.getElementById('person').value;
  const response = await fetch('/_control/links/approve', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ link, as: person === '' ? {} : { person } }),
  });
  const answer = await response.json();
  document.getElementById('answer').textContent = response.ok ? 'Body for the connection\\'s /complete:\\n' + JSON.stringify(answer, null, 2) : answer.error;
  if (response.ok && back !== null) location.href = back + (back.includes('?') ? '&' : '?') + 'status=SUCCESS&connection_id=' + answer.authorizationId;
};
</script></body></html>`);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
