// Hooks as they are configured: Claude Code's format, read from its settings files. A mistake stops the start, with file and
// line. What is right and cannot run here is kept with the reason, so that /hooks can list it.
import { errorMessage } from "@course/runtime";
import {
  openSettings,
  parseRule,
  type JsonNode,
  type JsonSettings,
  type Rule,
} from "@course/s07-permissions";
import { closest, distance } from "fastest-levenshtein";
import { ELSEWHERE, EVENT_NAMES, isHookEvent, traitsOf } from "./events.ts";
import type { Hook, HookFile } from "./hook.ts";
import { matcherFor } from "./matcher.ts";

const OTHER_TYPES = ["http", "prompt", "agent", "mcp_tool"];
/** Keys of Claude Code's that change nothing here. */
const UNUSED = ["statusMessage", "once", "suppressOutput", "description"];
const MISPLACED = /^(?:hooks?|disable_?all_?hooks?)$/i;
const KEYS = "command, args, timeout, if or onFailure";

/** Undefined if there is no such file. Throws an Error with file, line and reason where it is not as it should be. */
export function readHookFile(file: string, shown: string, root: string): HookFile | undefined {
  const json = openSettings(file, shown);
  return json && new HookReader(json, root).read();
}

class HookReader {
  readonly #json: JsonSettings;
  readonly #root: string;
  readonly #file: HookFile;

  constructor(json: JsonSettings, root: string) {
    this.#json = json;
    this.#root = root;
    this.#file = { shown: json.shown, hooks: [], notRun: [], disablesAll: false };
  }

  read(): HookFile {
    for (const [key, value] of this.#json.top()) {
      const name = String(key.value);
      if (name === "hooks") this.#events(value);
      else if (name === "disableAllHooks") this.#file.disablesAll = this.#json.boolean(value, name);
      else if (MISPLACED.test(name)) this.#json.unknown(key, "hooks or disableAllHooks");
      else if (isHookEvent(name)) this.#json.unknown(key, "hooks, with the event in it");
    }
    return this.#file;
  }

  #events(node: JsonNode): void {
    for (const [key, value] of this.#json.properties(node, "hooks")) {
      const event = String(key.value);
      if (!isHookEvent(event)) this.#refuseSlip(key);
      for (const group of this.#json.list(value, `hooks.${event}`, "groups, each with matcher and hooks"))
        this.#group(event, group);
    }
  }

  #refuseSlip(key: JsonNode): void {
    const name = String(key.value);
    const near = closest(name, EVENT_NAMES);
    if (!ELSEWHERE.has(name) && distance(name.toLowerCase(), near.toLowerCase()) <= 2)
      this.#json.unknown(key, near);
  }

  #group(event: string, node: JsonNode): void {
    let matcher: string | undefined;
    let matches = matcherFor();
    let handlers: JsonNode | undefined;
    for (const [key, value] of this.#json.properties(node, `hooks.${event}`)) {
      if (key.value === "matcher") {
        matcher = this.#json.string(value, `hooks.${event}.matcher`);
        matches = this.#made(value, () => matcherFor(matcher));
      } else if (key.value === "hooks") handlers = value;
      else if (key.value !== "description") this.#json.unknown(key, "matcher or hooks");
    }
    if (!handlers)
      return this.#json.fail(node.offset, `hooks.${event}: expected a list "hooks" in the group.`);
    for (const handler of this.#json.list(handlers, `hooks.${event}.hooks`, "hooks"))
      this.#handler(event, { matcher, matches }, handler);
  }

  #handler(event: string, group: Pick<Hook, "matcher" | "matches">, node: JsonNode): void {
    const where = `hooks.${event}`;
    const parts = this.#json.properties(node, where);
    const find = (name: string) => parts.find(([key]) => key.value === name)?.[1];
    const typeNode =
      find("type") ?? this.#json.fail(node.offset, `${where}: expected a "type", as "command".`);
    const type = this.#json.string(typeNode, `${where}.type`);
    const notRun = (what: string, reason: string) =>
      void this.#file.notRun.push({ event, what, reason, source: this.#json.shown });
    if (OTHER_TYPES.includes(type)) return notRun(type, `hooks of the type ${type} do not run here`);
    if (type !== "command")
      this.#json.fail(typeNode.offset, `${where}.type: "${type}" is not known. Expected command.`);
    const commandNode = find("command") ?? this.#json.fail(node.offset, `${where}: expected a "command".`);
    const command = this.#json.string(commandNode, `${where}.command`);
    if (command.trim() === "") this.#json.fail(commandNode.offset, `${where}.command: it is empty.`);
    if (!isHookEvent(event)) return notRun(command, "this event does not happen here");
    const hook: Hook = {
      event,
      ...group,
      command,
      args: undefined,
      timeoutSeconds: undefined,
      if: undefined,
      onFailure: "continue",
      source: this.#json.shown,
    };
    let reason: string | undefined;
    for (const [key, value] of parts) reason = this.#setting(hook, key, value) ?? reason;
    if (reason !== undefined) return notRun(command, reason);
    this.#file.hooks.push(hook);
  }

  /** Reads one setting into the hook. Returns why the hook cannot run here, if it cannot. */
  #setting(hook: Hook, key: JsonNode, value: JsonNode): string | undefined {
    const name = String(key.value);
    const where = `hooks.${hook.event}.${name}`;
    const json = this.#json;
    switch (name) {
      case "type":
      case "command":
        return undefined;
      case "args":
        hook.args = json.list(value, where, "strings").map((part) => json.string(part, where));
        return undefined;
      case "timeout":
        hook.timeoutSeconds = json.duration(value, where, "seconds");
        return undefined;
      case "onFailure":
        hook.onFailure = this.#onFailure(value, where);
        return undefined;
      case "if":
        hook.if = this.#rule(value, where);
        return traitsOf(hook.event).matches === "tool_name" ? undefined : "`if` is for events of tools";
      case "async":
      case "asyncRewake":
        return json.boolean(value, where) ? "hooks that run in the background do not run here" : undefined;
      case "shell":
        return json.string(value, where) === "bash" ? undefined : "its shell is not bash";
      default:
        return UNUSED.includes(name) ? undefined : json.unknown(key, KEYS);
    }
  }

  #onFailure(node: JsonNode, where: string): Hook["onFailure"] {
    const text = this.#json.string(node, where);
    if (text === "block" || text === "continue") return text;
    return this.#json.fail(node.offset, `${where}: "${text}" is not known. Expected block or continue.`);
  }

  #rule(node: JsonNode, where: string): Rule {
    const text = this.#json.string(node, where);
    return this.#made(node, () => parseRule(text, this.#json.shown, this.#root, "deny"));
  }

  /** What `make` returns; an error that it throws is told with file and line. */
  #made<T>(node: JsonNode, make: () => T): T {
    try {
      return make();
    } catch (error) {
      return this.#json.fail(node.offset, errorMessage(error));
    }
  }
}
