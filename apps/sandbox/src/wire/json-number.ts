/**
 * Numbers go onto the wire digit for digit: `JSON.rawJSON` (in Node since 22) puts a decimal string into the text
 * unquoted, so that no amount ever passes through a binary float on the sandbox's side.
 */
export interface RawJson {
  readonly rawJSON: string;
}

const writer = JSON as unknown as { rawJSON(text: string): RawJson };

/** A JSON number with exactly these digits. @throws SyntaxError where the text is no JSON number */
export function jsonNumber(decimal: string): RawJson {
  return writer.rawJSON(decimal);
}

export function jsonNumberOrNull(decimal: string | null | undefined): RawJson | null {
  return decimal === null || decimal === undefined ? null : jsonNumber(decimal);
}
