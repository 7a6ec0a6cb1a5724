/** One document for machines, or text for people. */
export function show(document: unknown, options: { readonly json?: boolean }, text: () => string): void {
  process.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : `${text()}\n`);
}
