// What pages load when they need it, each once.
import { withBase } from "vitepress";

const loaded = new Map<string, Promise<string>>();

/** The text of a file under data/. Rejects with an Error that names it. */
export function loadText(path: string): Promise<string> {
  const known = loaded.get(path) ?? fetchText(path);
  loaded.set(path, known);
  return known;
}

export async function loadJson<T>(path: string): Promise<T> {
  return JSON.parse(await loadText(path)) as T;
}

async function fetchText(path: string): Promise<string> {
  const response = await fetch(withBase(`/data/${path}`));
  if (!response.ok) {
    loaded.delete(path);
    throw new Error(`${path} could not be loaded (${response.status}). Reload the page.`);
  }
  return response.text();
}
