/** One mailbox and nothing else: what the HTML standard takes for a valid e-mail address. No comment, no list, no display name, no line break. Pure. */
const MAILBOX = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$/;

export function isMailbox(text: string): boolean {
  return text.length <= 254 && MAILBOX.test(text);
}

/** `alerts@example.com` or `Tidemark <alerts@example.com>`. @returns undefined for anything else */
export function parseSender(text: string): { readonly name: string; readonly address: string } | undefined {
  const named = /^([^<>"\\\p{Cc}]{0,100})<([^<>]+)>$/u.exec(text);
  const [name, address] = named ? [named[1]?.trim() ?? '', named[2] ?? ''] : ['', text];
  return isMailbox(address) ? { name, address } : undefined;
}
