/** Closing writes many accounts in one transaction and reconstructions write some of them: Postgres ends one of two that wait for each other, and it is tried again. */
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { isTransient } from '@tidemark/postgres';

const policy = retry(handleWhen(isTransient), { maxAttempts: 5, backoff: new ExponentialBackoff({ initialDelay: 20, maxDelay: 1_000 }) });

export function triedAgain<T>(work: () => Promise<T>): Promise<T> {
  return policy.execute(work);
}
