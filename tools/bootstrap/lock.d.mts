export function alone<T>(root: string, work: () => Promise<T>): Promise<T>;
