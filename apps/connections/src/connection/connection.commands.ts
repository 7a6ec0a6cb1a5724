/** What can be asked of a connection. Time and ids are part of a command, so that deciding is pure. */
import type { AccountDetails } from '@tidemark/contracts';

interface At {
  /** RFC 3339 UTC. */
  readonly at: string;
}

export interface Request extends At {
  readonly type: 'request';
  readonly userId: string;
  readonly connectionId: string;
  readonly institutionId: string;
  readonly institutionName: string;
  readonly provider: string;
  readonly needTrading: boolean;
  readonly tradingAllowed: boolean;
  readonly routing: { readonly reason: string; readonly alternatives: readonly string[] };
}

export interface Complete extends At {
  readonly type: 'complete';
  readonly providerConnectionId: string;
  readonly credentialRef: string;
  /** The sync that is to follow. */
  readonly syncId: string;
  readonly tradingGranted: boolean | null;
  readonly accounts: readonly AccountDetails[];
}

export interface Observe extends At {
  readonly type: 'observe';
  readonly accounts: readonly AccountDetails[];
  /** The provider answered with every account there is, so that one which is missing is gone. */
  readonly whole: boolean;
}

export interface Degrade extends At {
  readonly type: 'degrade';
  readonly code: string;
  readonly detail: string;
}

export interface RequireReauthentication extends At {
  readonly type: 'require-reauthentication';
  readonly code: string;
  readonly detail: string;
  readonly by?: string;
}

export interface Restore extends At {
  readonly type: 'restore';
}

export interface Remove extends At {
  readonly type: 'remove';
  readonly reason: string;
  readonly erase: boolean;
}

export interface ChangeAccount extends At {
  readonly type: 'change-account';
  readonly accountId: string;
  readonly displayName?: string | null;
  readonly countInTotals?: boolean;
  readonly timeZone?: string | null;
}

export interface FlagDuplicate extends At {
  readonly type: 'flag-duplicate';
  readonly accountId: string;
  readonly duplicateOf: string | null;
  readonly by: 'detection' | 'user';
  readonly evidence: readonly string[];
}

export interface OpenManual extends At {
  readonly type: 'open-manual';
  readonly userId: string;
  readonly accountId: string;
  readonly name: string;
  readonly accountType: string;
  readonly currency: string;
}

export type ConnectionCommand = Request | Complete | Observe | Degrade | RequireReauthentication | Restore | Remove | ChangeAccount | FlagDuplicate | OpenManual;
