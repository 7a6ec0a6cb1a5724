/** The value below which so many per cent of the samples lie (nearest rank), rounded to a hundredth. */
export function percentile(samples, percent) {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return Math.round(sorted[rank - 1] * 100) / 100;
}
