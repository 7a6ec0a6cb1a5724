/** An alert as it is stored: the rule as it was when it became true, what made it so, and whether a person has seen it. */
import type { alertsRpc } from '@tidemark/contracts';

export interface StoredAlert extends alertsRpc.AlertMessage {
  readonly userId: string;
  /** The rule was mute: it is remembered, and nobody is told. */
  readonly muted: boolean;
}
