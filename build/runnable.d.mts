export function runnable(file: string): string[];
