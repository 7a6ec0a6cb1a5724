/** A well-formed CUSIP of a made-up bond: a letter in the issue number, as debt has, and the right check digit. */
export function debtCusip(index: number): string {
  const base = `9128${String(index).padStart(2, '0').slice(-2)}C${index % 10}`;
  const total = [...base].reduce((sum, character, place) => {
    const value = (/\d/.test(character) ? Number(character) : character.charCodeAt(0) - 55) * (place % 2 === 1 ? 2 : 1);
    return sum + Math.floor(value / 10) + (value % 10);
  }, 0);
  return `${base}${(10 - (total % 10)) % 10}`;
}
