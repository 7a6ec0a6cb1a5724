export { createProviders } from './create-providers.js';
export { plaidProvider } from './plaid/plaid-provider.js';
export { snaptradeProvider } from './snaptrade/snaptrade-provider.js';
export { PROVIDER_SECRETS, providerSettings } from './settings.js';
export type { SettingsProblem } from './settings.js';
export { redact, redactText, REMOVED } from './redaction.js';
export { parseLossless } from './wire/lossless.js';
export type { ProviderDeps, ProviderLog } from './deps.js';
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
