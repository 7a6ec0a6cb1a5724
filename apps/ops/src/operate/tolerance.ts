/** `--tolerance`: JSON as it stands on the command line, or the name of a file that holds it. What is in it the API checks. */
import { readFile } from 'node:fs/promises';

const EXAMPLE = '{"classes":{"cash":{"absolute":"1"}}}';

export async function readTolerance(given: string): Promise<unknown> {
  const inline = given.trimStart().startsWith('{');
  const text = inline ? given : await contentOf(given);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`--tolerance takes JSON such as ${EXAMPLE}, or the name of a file that holds it; ${inline ? 'what was given' : given} is no JSON`);
  }
}

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`--tolerance takes JSON such as ${EXAMPLE}, or the name of a file that holds it; ${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
