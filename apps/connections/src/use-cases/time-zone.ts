/** Names of time zones as people give them. */
/** In the usual capitals: `europe/berlin` is `Europe/Berlin`. A name that the runtime knows as an alias only stays as it was given. */
export function canonicalZone(timeZone: string): string {
  const lower = timeZone.toLowerCase();
  return Intl.supportedValuesOf('timeZone').find((known) => known.toLowerCase() === lower) ?? timeZone;
}

/** Named zones only: an offset such as +01:00 knows no daylight saving. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // RangeError is how the runtime says that it knows no such zone.
    return false;
  }
}
