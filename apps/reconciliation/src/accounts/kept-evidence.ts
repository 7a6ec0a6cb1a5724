/**
 * What explanations of an account's differences were looked for in, kept until its run ends: then the differences of its other accounts are
 * known too, and it is looked again. As JSON, with maps as lists of their entries. Pure.
 */
import type { ExplanationInput } from '../explanation/explanation-input.js';

/** All but the other accounts, which are read anew. */
export type OwnEvidence = Omit<ExplanationInput, 'others'>;

const MAP = 'map of entries';

export function keptEvidence(evidence: OwnEvidence): string {
  return JSON.stringify(evidence, (_key, value: unknown) => (value instanceof Map ? { [MAP]: [...value] } : value));
}

export function readEvidence(text: string): OwnEvidence {
  return JSON.parse(text, (_key, value: unknown) => (isMap(value) ? new Map(value[MAP]) : value)) as OwnEvidence;
}

function isMap(value: unknown): value is { readonly [MAP]: readonly (readonly [unknown, unknown])[] } {
  return typeof value === 'object' && value !== null && MAP in value;
}
