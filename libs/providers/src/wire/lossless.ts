/**
 * JSON as providers send it, without binary floating point: every JSON number becomes the decimal string of its own digits
 * (`1e-18` stays one quintillionth, `123456789012345678901234.5` keeps its half). Amounts are read from these strings;
 * the few wire numbers that are counts are turned back explicitly (`countAt` in `shape.ts`).
 */
import { parse } from 'lossless-json';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { parseDecimal } from '@tidemark/money';

/** Exponents beyond this name no amount of anything; expanding them would only fill memory. */
const LARGEST_EXPONENT = 400;

/** @returns the parsed value with numbers as decimal strings, or what is wrong with the text */
export function parseLossless(text: string): Result<unknown, string> {
  if (text.trim() === '') return refuse('the body is empty');
  try {
    return ok(parse(text, null, decimalText));
  } catch (error) {
    return refuse(`the body is no JSON: ${shortReason(error)}`);
  }
}

function decimalText(written: string): string {
  const exponent = /[eE]([+-]?\d+)$/.exec(written)?.[1];
  if (exponent !== undefined && Math.abs(Number(exponent)) > LARGEST_EXPONENT) return written;
  return parseDecimal(written) ?? written;
}

/** The parser quotes the text around the fault; that text is somebody's account, so only the position is kept. */
function shortReason(error: unknown): string {
  const message = error instanceof Error ? error.message : 'unreadable';
  return /position \d+/.exec(message)?.[0] ?? 'unreadable';
}
