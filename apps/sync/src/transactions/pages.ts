/** Cuts what one sync found into pages that stay small on the bus, by count and by bytes. */

export const PAGE_ITEMS = 200;
/** Well under the bus's megabyte, envelope and base64 overhead included. */
export const PAGE_BYTES = 256 * 1_024;

/** Each page holds at least one item, however large: such an event travels by reference. */
export function inPages<T>(items: readonly T[], { maxItems = PAGE_ITEMS, maxBytes = PAGE_BYTES } = {}): T[][] {
  const pages: T[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const page = pages.at(-1);
    if (!page || page.length >= maxItems || bytes + size > maxBytes) {
      pages.push([item]);
      bytes = size;
    } else {
      page.push(item);
      bytes += size;
    }
  }
  return pages;
}

/** UTF-8 bytes of its JSON: at most three for each UTF-16 unit, exactly one for what is ASCII. */
function sizeOf(item: unknown): number {
  const text = JSON.stringify(item) ?? '';
  let wide = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) wide += 2;
  return text.length + wide;
}
