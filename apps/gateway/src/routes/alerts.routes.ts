/** Alert rules and alerts, of the section "Reconciliation and alerts" of the public contract. */
import { alertsRpc } from '@tidemark/contracts';
import type { Route } from './route.js';

const rule = { id: 'ruleId' };
const alert = { id: 'alertId' };
const tag = 'Alerts';

export const ALERT_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/alert-rules', operation: 'createAlertRule', tag, summary: 'Be told when something becomes true; a secret that signs webhooks is shown here alone', contract: alertsRpc.createAlertRule, status: 201, refusals: ['not_found', 'conflict'] },
  { method: 'GET', path: '/alert-rules', operation: 'listAlertRules', tag, summary: 'Your rules, newest first', contract: alertsRpc.listAlertRules },
  { method: 'GET', path: '/alert-rules/:id', operation: 'getAlertRule', tag, summary: 'One rule, and whether it can be judged', contract: alertsRpc.getAlertRule, params: rule },
  { method: 'PATCH', path: '/alert-rules/:id', operation: 'changeAlertRule', tag, summary: 'Change, switch off or mute a rule', contract: alertsRpc.changeAlertRule, params: rule },
  { method: 'DELETE', path: '/alert-rules/:id', operation: 'removeAlertRule', tag, summary: 'Take a rule away; what it raised stays', contract: alertsRpc.removeAlertRule, params: rule, status: 204 },
  { method: 'GET', path: '/alerts', operation: 'listAlerts', tag, summary: 'What was raised, newest first', contract: alertsRpc.listAlerts },
  { method: 'GET', path: '/alerts/:id', operation: 'getAlert', tag, summary: 'One alert, and how it was delivered', contract: alertsRpc.getAlert, params: alert },
  { method: 'POST', path: '/alerts/:id/acknowledge', operation: 'acknowledgeAlert', tag, summary: 'Say that you have seen it', contract: alertsRpc.acknowledgeAlert, params: alert },
  { method: 'POST', path: '/alerts/:id/retry', operation: 'retryAlert', tag, summary: 'Deliver once more what could not be delivered', contract: alertsRpc.retryAlert, params: alert },
];
