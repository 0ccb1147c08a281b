// What rules say of a file, by every spelling of its path.
import { decide, type Verdict } from "./pipeline.ts";
import type { Paths } from "./paths.ts";
import { coversPath, type Rule } from "./rules.ts";
import type { Settings } from "./settings.ts";

export type Access = "Read" | "Edit";

export function judgeFile(settings: Settings, access: Access, path: string, paths: Paths): Verdict {
  const places = paths.places(path);
  // The tool itself refuses what leads out of the workspace.
  const isInside = paths.isInside(path);
  const isGuarded = access === "Edit" && paths.isGuarded(path);
  const accepts = access === "Edit" && isInside && !isGuarded && settings.mode === "acceptEdits";
  const reads = access === "Read" && isInside;
  // A pattern, or a path that may mean several places, is no rule for one file.
  const canBeRule = isInside && !isGuarded && paths.isCertain && !/[*?[\]\\!#]|^\s|\s$/.test(path);
  return decide(settings, {
    denied: findRule(settings.deny, access, places, true),
    asked: findRule(settings.ask, access, places, true),
    allowed: isGuarded ? undefined : findRule(settings.allow, access, places, false),
    reads,
    passes: reads || accepts,
    rule: canBeRule ? `${access}(/${paths.fromRoot(places[0] ?? "")})` : undefined,
  });
}

/** A rule that speaks of the path: by any of its spellings where it restricts, by all where it allows. */
function findRule(
  rules: readonly Rule[],
  access: Access,
  places: readonly string[],
  restricts: boolean,
): Rule | undefined {
  return rules.find((rule) => {
    if (rule.tool !== access && rule.tool !== "*") return false;
    const covers = (place: string) => coversPath(rule, place, restricts);
    return restricts ? places.some(covers) : places.every(covers);
  });
}
