/** Text for a terminal: tables, and names from outside without what a terminal would obey. */
import Table from 'cli-table3';

/** Control characters and the marks that turn the direction of writing are left out. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, ' ');
}

export interface TextColumn {
  readonly head: string;
  readonly align?: 'right';
}

export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ head: columns.map(({ head }) => head), colAligns: columns.map(({ align }) => align ?? 'left'), style: { head: [], border: [] } });
  for (const row of rows) table.push(row.map((cell) => cell.split('\n').map(plain).join('\n')));
  return table.toString();
}

/** Cuts at spaces, so that a column stays narrow. */
export function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

/** `2026-11-21 10:00:05 UTC`. */
export function moment(at: string | null): string {
  return at === null ? '–' : `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}
