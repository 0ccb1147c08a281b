// What rules say of a file, by every spelling of its path.
import { decide, doubt, worst, type Verdict } from "./pipeline.ts";
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
  const verdict = decide(settings, {
    denied: findRule(settings.deny, access, places, true),
    asked: findRule(settings.ask, access, places, true),
    allowed: isGuarded ? undefined : findRule(settings.allow, access, places, false),
    reads,
    accepted: accepts,
    rule: isInside && !isGuarded ? ruleFor(access, path, paths) : undefined,
  });
  if (paths.isClear(path)) return verdict;
  return worst([verdict, doubt(settings, ["where the path leads is only known when it is used"])]);
}

/** A pattern, or a path that may mean several places, is no rule for one file; nor is one that a shell would expand. */
function ruleFor(access: Access, path: string, paths: Paths): string | undefined {
  const inside = paths.fromRoot(paths.places(path)[0] ?? "");
  return paths.isCertain && /^[\p{L}\p{N}_@%+=:,./-]+$/u.test(inside) ? `${access}(/${inside})` : undefined;
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
