export { createProviders } from './create-providers.js';
export { coinbaseProvider } from './coinbase/coinbase-provider.js';
export { dydxProvider } from './dydx/dydx-provider.js';
export { plaidProvider } from './plaid/plaid-provider.js';
export { snaptradeProvider } from './snaptrade/snaptrade-provider.js';
export { PROVIDER_SECRETS, providerSettings } from './settings.js';
export type { SettingsProblem } from './settings.js';
export { redact, redactText, REMOVED } from './redaction.js';
export { parseLossless } from './wire/lossless.js';
export { WireFault } from './wire/http.js';
export type { WireAnswer } from './wire/http.js';
export { countAt, decimalAt, fieldsOf, listOf, misshapen, optionalDecimal, optionalText, shaped, textAt } from './wire/shape.js';
export type { Fields, Misshapen } from './wire/shape.js';
export { misshapenError, verdictByStatus } from './failure.js';
export type { Verdict } from './failure.js';
export { ProviderCalls } from './resilience/provider-calls.js';
export type { Call, FailedCall, Judge } from './resilience/provider-calls.js';
export type { CallDeps, ProviderDeps, ProviderLog } from './deps.js';
export type {
  CallContext,
  CallRecord,
  CatalogueInstitution,
  CompletedLink,
  Credential,
  FetchedAccount,
  FetchedTransaction,
  FetchedTransactions,
  FetchRequest,
  LinkProof,
  LinkRequest,
  ProviderError,
  ProviderErrorClass,
  ProviderErrorCode,
  ProviderPort,
  ProviderSettings,
  StartedLink,
  TransactionPage,
  TransactionsRequest,
  WebhookMeaning,
  WebhookRefusal,
  WebhookRequest,
} from './port.js';
