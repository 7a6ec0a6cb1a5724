/** The reconciliation bench as lines of the table. */
export function reconcileRows({ holdings, growth, failing, doubled }) {
  return [
    ...growth.map((one) => row(`${one.accounts} accounts of ${holdings} assets`, one)),
    { ...row(`${failing.accounts} accounts, the provider fails 3 of 10 calls`, failing), beside: `${beside(failing)}; ${doubled} runs that ended twice` },
  ];
}

const row = (what, one) => ({ what: `reconcile ${what}`, figure: `${one.seconds} s, ${one.accountsPerSecond} accounts/s`, beside: beside(one) });

function beside({ calls, accounts, cpuMsPerAccount, said }) {
  const reports = ['matched', 'discrepant', 'partial', 'failed'].filter((status) => said[status]).map((status) => `${said[status]} ${status}`).join(', ');
  return `${calls} provider calls (${Math.round((calls / accounts) * 100) / 100} an account); reports and lines: ${reports}; accounts checked ${said.checked}, failed ${said.failed ?? 0}; CPU ms an account: ${Object.entries(cpuMsPerAccount).map(([name, ms]) => `${name} ${ms}`).join(', ')}`;
}
