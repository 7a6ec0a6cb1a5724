export function loadSecrets(folder: string): Record<string, string>;
