// Which hooks may run: the user's own, from the home, and a project's only when the user has trusted exactly these
// commands. A script under .claude that a command names belongs to what is trusted.
// Not covered: other programs that a command starts, and changes to a script while the program runs.
import { homedir } from "node:os";
import { join } from "node:path";
import type { Session, Workspace } from "@course/runtime";
import { escaped, type Trust, type TrustRequest } from "@course/s07-permissions";
import type { Hook, HookFile, NotRun } from "./hook.ts";
import { scriptsOf } from "./hook-scripts.ts";
import { readHookFile } from "./hook-settings.ts";

const OWN = ".claude/settings.json";
const PROJECT = [OWN, ".claude/settings.local.json"];

export interface LoadedHooks {
  /** What runs, in the order of the files. */
  hooks: Hook[];
  notRun: NotRun[];
}

/** Reads the files and asks about the project's; `others` are trusted already. Throws an Error with file, line and reason where one is not as it should be. */
export async function loadHooks(
  workspace: Workspace,
  trust: Trust,
  session: Session,
  others: readonly HookFile[] = [],
): Promise<LoadedHooks> {
  const { root } = workspace;
  const ownPath = join(homedir(), OWN);
  const own = readHookFile(ownPath, ownPath, root);
  const found = PROJECT.map((shown) => ({ shown, path: join(root, shown) }))
    .filter(({ path }) => path !== ownPath)
    .map(({ shown, path }) => readHookFile(path, shown, root));
  const project = found.filter((file) => file !== undefined);
  // A clone must not switch off the user's guards, so its disableAllHooks covers only its own hooks.
  if (own?.disablesAll) return off([own, ...project, ...others], `${own.shown} has disableAllHooks`);
  const trusted = [...(own ? [own] : []), ...others];
  const loaded: LoadedHooks = {
    hooks: trusted.flatMap(({ hooks }) => hooks),
    notRun: trusted.flatMap(({ notRun }) => notRun),
  };
  const disabling = project.find(({ disablesAll }) => disablesAll);
  if (disabling) {
    loaded.notRun.push(...off(project, `${disabling.shown} has disableAllHooks`).notRun);
    return loaded;
  }
  for (const file of project) {
    const mayRun = file.hooks.length === 0 || (await trust.ask(session, trustRequest(root, file)));
    if (mayRun) loaded.hooks.push(...file.hooks);
    const { notRun } = mayRun ? file : off([file], "nobody has trusted it");
    loaded.notRun.push(...notRun);
  }
  return loaded;
}

function off(files: readonly HookFile[], reason: string): LoadedHooks {
  const notRun = files.flatMap((file) => [
    ...file.hooks.map(({ event, command, source }) => ({ event, what: command, reason, source })),
    ...file.notRun,
  ]);
  return { hooks: [], notRun };
}

function trustRequest(root: string, { shown, hooks }: HookFile): TrustRequest {
  return {
    folder: root,
    kind: `the hooks of ${shown}`,
    content: hooks.flatMap((hook) => [describeHook(hook), ...scriptsOf(hook, root)]).join("\n"),
    effect: "They are commands that run by themselves, with your rights",
  };
}

/** All that decides when and how a hook runs. */
function describeHook({ event, matcher, command, args, if: rule, timeoutSeconds, onFailure }: Hook): string {
  const words = [command, ...(args ?? [])].map(escaped).join(" ");
  const details = [
    ...(args ? ["without a shell"] : []),
    ...(rule ? [`if ${escaped(rule.text)}`] : []),
    ...(timeoutSeconds !== undefined ? [`timeout ${timeoutSeconds} s`] : []),
    ...(onFailure === "block" ? ["blocks if it fails"] : []),
  ];
  const tail = details.length > 0 ? ` (${details.join(", ")})` : "";
  return `${event}${matcher === undefined ? "" : ` ${escaped(matcher)}`}: ${words}${tail}`;
}
