/** The `tidemark` command. Every command has `--json`; a failure says what to do and exits with 1, or with what its command has set. */
import { tidemark } from './program.js';

try {
  await tidemark().parseAsync();
} catch (error) {
  process.stderr.write(`tidemark: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode ||= 1;
}
