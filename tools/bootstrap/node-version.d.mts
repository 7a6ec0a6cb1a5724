export function checkBootstrapNode(version?: string): void;
export function pinnedNode(root: string): Promise<string>;
