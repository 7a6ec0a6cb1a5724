/**
 * Which provider a new connection goes through. Deterministic, and it says why: a listed institution goes to its preferred
 * provider; where trading is needed and the preferred one cannot trade, to the fallback that can; an unlisted one to SnapTrade
 * for trading and to Plaid otherwise. One that is asked for by name is taken where it reaches the institution. After linking, the connection's stored provider is used and nothing is chosen again.
 */
import type { Problem } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { traitsOf } from './provider-traits.js';

export interface Offer {
  readonly institutionId: string | null;
  readonly trading: boolean;
}

export interface RoutableInstitution {
  readonly name: string;
  /** Null for an institution that the coverage map does not list. */
  readonly listed: { readonly preferredProvider: string; readonly fallbackProvider: string | null; readonly furtherProviders?: readonly string[] } | null;
  /** What each provider reaches of it; for an unlisted one what the imported catalogues say, which may be nothing yet. */
  readonly offers: Readonly<Record<string, Offer>>;
}

export interface ProviderAvailability {
  readonly id: string;
  readonly adminsOnly: boolean;
}

export interface RoutingRequest {
  readonly institution: RoutableInstitution;
  readonly needTrading: boolean;
  readonly requestedProvider?: string;
  readonly enabledProviders: readonly ProviderAvailability[];
  readonly isAdmin: boolean;
}

export interface Routing {
  readonly provider: string;
  readonly providerInstitutionId: string | null;
  /** The provider can trade and the coverage rule allows it. */
  readonly tradingAllowed: boolean;
  readonly reason: string;
  /** Other providers that would have served this request. */
  readonly alternatives: readonly string[];
}

const TRADING_PROVIDER = 'snaptrade';
const READING_PROVIDER = 'plaid';

export function chooseProvider(request: RoutingRequest): Result<Routing, Problem> {
  const order = candidatesInOrder(request.institution, request.needTrading, request.requestedProvider);
  if (order.length === 0) return refuse(notReached(request));
  const able = request.needTrading ? order.filter((provider) => mayTrade(request.institution, provider)) : order;
  if (able.length === 0) return refuse(cannotTrade(request));
  const usable = able.filter((provider) => isUsable(request, provider));
  const [provider, ...alternatives] = usable;
  if (provider === undefined) return refuse(switchedOff(request, able));
  return ok({
    provider,
    providerInstitutionId: request.institution.offers[provider]?.institutionId ?? null,
    tradingAllowed: mayTrade(request.institution, provider),
    reason: reasonOf(request, order, provider),
    alternatives,
  });
}

/** The providers that come into question, best first, whether switched on or not. */
function candidatesInOrder(institution: RoutableInstitution, needTrading: boolean, requestedProvider?: string): string[] {
  const rule = institution.listed
    ? listedOrder(institution.listed)
    : unlistedOrder(institution, needTrading);
  return requestedProvider === undefined ? rule : rule.filter((provider) => provider === requestedProvider);
}

function listedOrder({ preferredProvider, fallbackProvider, furtherProviders }: NonNullable<RoutableInstitution['listed']>): string[] {
  return [preferredProvider, ...(fallbackProvider === null ? [] : [fallbackProvider]), ...(furtherProviders ?? [])];
}

/** Where the catalogues know the institution, only those that reach it are asked; where none does, either may. */
function unlistedOrder(institution: RoutableInstitution, needTrading: boolean): string[] {
  const rule = needTrading ? [TRADING_PROVIDER, READING_PROVIDER] : [READING_PROVIDER, TRADING_PROVIDER];
  const known = Object.keys(institution.offers);
  if (known.length === 0) return rule;
  return [...rule.filter((provider) => known.includes(provider)), ...known.filter((provider) => !rule.includes(provider))];
}

/** An institution that no catalogue describes may trade wherever its provider can: the provider refuses otherwise. */
export function mayTrade(institution: RoutableInstitution, provider: string): boolean {
  return traitsOf(provider).trading && (institution.offers[provider]?.trading ?? institution.listed === null);
}

function isUsable({ enabledProviders, isAdmin }: RoutingRequest, provider: string): boolean {
  const enabled = enabledProviders.find((one) => one.id === provider);
  return enabled !== undefined && (isAdmin || !enabled.adminsOnly);
}

function reasonOf(request: RoutingRequest, order: readonly string[], chosen: string): string {
  const { institution, needTrading, requestedProvider } = request;
  if (requestedProvider !== undefined) return `${chosen} was asked for and reaches ${institution.name}`;
  const first = order[0] ?? chosen;
  const why = institution.listed ? `the preferred provider for ${institution.name}` : `the provider for institutions outside the coverage map${needTrading ? ' when trading is needed' : ''}`;
  if (chosen === first) return `${chosen} is ${why}${needTrading && institution.listed ? ' and can trade there' : ''}`;
  const passed = needTrading && !mayTrade(institution, first) ? `cannot trade at ${institution.name}` : 'is not available to you';
  return `${first}, ${why}, ${passed}; ${chosen} is the next that can serve it`;
}

function notReached({ institution, requestedProvider }: RoutingRequest): Problem {
  const known = (institution.listed ? listedOrder(institution.listed) : Object.keys(institution.offers)).join(' or ');
  return problem('provider_not_available', `${requestedProvider ?? 'No provider'} does not reach ${institution.name}${known ? `; ${known} does` : ''}. Leave "provider" out to have one chosen.`);
}

function cannotTrade({ institution, requestedProvider }: RoutingRequest): Problem {
  const others = requestedProvider === undefined ? [] : candidatesInOrder(institution, true).filter((provider) => mayTrade(institution, provider));
  const hint = others.length > 0 ? `${others.join(' or ')} can: leave "provider" out` : 'Link it without needTrading to read its accounts';
  return problem('trading_not_supported', `Orders cannot be placed at ${institution.name}${requestedProvider ? ` through ${requestedProvider}` : ' through any provider'}. ${hint}.`);
}

function switchedOff({ institution, enabledProviders }: RoutingRequest, able: readonly string[]): Problem {
  const restricted = able.filter((provider) => enabledProviders.some((one) => one.id === provider && one.adminsOnly));
  const why = restricted.length > 0 ? `${restricted.join(' and ')} is open to administrators only` : `${able.join(' and ')} is switched off here`;
  return problem('provider_disabled', `${institution.name} cannot be linked now: ${why}.`);
}
