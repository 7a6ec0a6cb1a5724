/** Remembered answers may hold link tokens, so they are kept encrypted: AES-256-GCM, bound to the user and key they belong to. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

export interface AnswerCipher {
  seal(text: string, owner: string): Buffer;
  /** @returns null where it was sealed with another key or for another owner */
  open(sealed: Buffer, owner: string): string | null;
}

export function answerCipher(secret: string): AnswerCipher {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tidemark/gateway/remembered-answers', 32));
  return {
    seal(text, owner) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, owner) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE)).setAAD(Buffer.from(owner));
        decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
        return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
      } catch {
        // The key was changed since: the answer is lost, which the caller says.
        return null;
      }
    },
  };
}
