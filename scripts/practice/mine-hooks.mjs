// Leads what is resolved to a file of the course to the learner's file of the same name, where there is one.
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** @type {{ from: string, to: string }[]} Folders, absolute, with a slash at the end. */
let places = [];

export function initialize(given) {
  places = given;
}

/** @param {string} path @returns {string} */
export function learnersPath(path) {
  const place = places.find(({ from }) => path.startsWith(from));
  if (!place) return path;
  const theirs = place.to + path.slice(place.from.length);
  return existsSync(theirs.split("?", 1)[0] ?? theirs) ? theirs : path;
}

function led(result) {
  if (!result.url?.startsWith("file:")) return result;
  const { search } = new URL(result.url);
  const path = fileURLToPath(result.url);
  const theirs = learnersPath(path);
  return theirs === path ? result : { ...result, url: pathToFileURL(theirs).href + search };
}

/** For threads of their own. */
export async function resolve(specifier, context, next) {
  return led(await next(specifier, context));
}

/** For the thread of the program. */
export function resolveSync(specifier, context, next) {
  return led(next(specifier, context));
}
