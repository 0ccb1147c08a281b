// Leads whatever resolves to a file in one folder, imported, required or named by its path, to another folder's.
import Module, { register } from "node:module";
import { initialize, learnersPath, resolveSync } from "./mine-hooks.mjs";

interface ResolvingModule {
  registerHooks?(hooks: { resolve: typeof resolveSync }): void;
  _resolveFilename(request: string, ...rest: unknown[]): string;
}

/** Folders are absolute, with a slash at the end. What is resolved from now on is led. */
export function lead(places: { from: string; to: string }[]): void {
  initialize(places);
  const node = Module as unknown as ResolvingModule;
  if (node.registerHooks) return node.registerHooks({ resolve: resolveSync });
  // Before Node 22.15, imports are resolved on another thread, and what is required in this one.
  register("./mine-hooks.mjs", import.meta.url, { data: places });
  const resolveFilename = node._resolveFilename.bind(node);
  node._resolveFilename = (...args) => learnersPath(resolveFilename(...args));
}
