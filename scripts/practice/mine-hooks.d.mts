interface Resolved {
  url: string;
}
type Next<T> = (specifier: string, context: object) => T;

export function initialize(places: { from: string; to: string }[]): void;
export function learnersPath(path: string): string;
export function resolveSync(specifier: string, context: object, next: Next<Resolved>): Resolved;
