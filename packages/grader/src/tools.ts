// Tools by their shape: a program in any language may call its shell what it likes, but a shell takes a command.
import { join } from "node:path";
import type Anthropic from "@anthropic-ai/sdk";
import { call, type CallPart } from "@course/offline-model/test";

export type Need = "shell" | "write" | "read" | "edit" | "background";

/** What a tool must look like to be taken for one of these. */
export const SHAPES: Readonly<Record<Need, string>> = {
  shell: "a tool with a required string `command`",
  write: "a tool with a path and `content`",
  read: "a tool with a path that says it reads",
  edit: "a tool with a path, an old and a new text",
  background: "a tool with a `command` that says it runs in the background, or a shell with such a switch",
};

/** A script needs a tool that the program does not offer. */
export class NotOffered extends Error {
  readonly need: Need;

  constructor(need: Need) {
    super(`This program does not offer ${SHAPES[need]}.`);
    this.need = need;
  }
}

interface Property {
  type?: unknown;
  description?: string;
  enum?: unknown[];
  minimum?: number;
}

interface Shape {
  name: string;
  words: string;
  properties: Readonly<Record<string, Property>>;
  required: readonly string[];
}

const PATH = /^(?:\w+_)?(?:path|file|file_?name)$|^(?:file|target)Path$/i;
const CONTENT = /^(?:content|contents|file_text|text|data)$/i;
const OLD = /^old|^(?:find|search)/i;
const NEW = /^new|^replace(?!_?all)/i;
const BACKGROUND = /background/i;

/** The tools of one request. Each method makes a call of the tool that fits, or throws NotOffered. */
export class Offered {
  readonly #tools: readonly Shape[];
  /** Where the program works: some tools want absolute paths, and say so. */
  readonly #folder: string;

  constructor(tools: readonly Anthropic.Tool[], folder: string) {
    this.#tools = tools.map(shapeOf);
    this.#folder = folder;
  }

  get isEmpty(): boolean {
    return this.#tools.length === 0;
  }

  /** The name of the tool that fits; undefined where there is none. */
  nameOf(need: Need): string | undefined {
    return this.#find(need)?.name;
  }

  /** A call with this input, whatever the tool asks for. */
  misfit(need: Need, input: Record<string, unknown>): CallPart {
    return call(this.#get(need).name, input);
  }

  shell(command: string): CallPart {
    const tool = this.#get("shell");
    return call(tool.name, filled(tool, { command }));
  }

  background(command: string): CallPart {
    const tool = this.#get("background");
    const name = Object.keys(tool.properties).find(
      (property) => BACKGROUND.test(property) && isA(tool, property, "boolean"),
    );
    return call(tool.name, filled(tool, { command, ...(name !== undefined && { [name]: true }) }));
  }

  read(path: string): CallPart {
    const tool = this.#get("read");
    return call(tool.name, filled(tool, this.#at(tool, path)));
  }

  write(path: string, content: string): CallPart {
    const tool = this.#get("write");
    return call(tool.name, filled(tool, { ...this.#at(tool, path), [fieldOf(tool, CONTENT)]: content }));
  }

  edit(path: string, before: string, after: string): CallPart {
    const tool = this.#get("edit");
    const texts = { [fieldOf(tool, OLD)]: before, [fieldOf(tool, NEW)]: after };
    return call(tool.name, filled(tool, { ...this.#at(tool, path), ...texts }));
  }

  #at(tool: Shape, path: string): Record<string, unknown> {
    const field = fieldOf(tool, PATH);
    const wantsAbsolute = /absolute/i.test(tool.properties[field]?.description ?? "");
    return { [field]: wantsAbsolute && !path.startsWith("/") ? join(this.#folder, path) : path };
  }

  #get(need: Need): Shape {
    const tool = this.#find(need);
    if (!tool) throw new NotOffered(need);
    return tool;
  }

  #find(need: Need): Shape | undefined {
    const has = (...patterns: RegExp[]) =>
      this.#tools.filter((tool) => patterns.every((one) => fieldOf(tool, one)));
    const commands = this.#tools.filter(
      (tool) => tool.required.includes("command") && isA(tool, "command", "string"),
    );
    const shell = commands.find(({ name }) => !BACKGROUND.test(name)) ?? commands[0];
    switch (need) {
      case "shell":
        return shell;
      case "background":
        return (
          commands.find((tool) => tool !== shell && BACKGROUND.test(tool.words)) ??
          (shell && Object.keys(shell.properties).some((name) => BACKGROUND.test(name)) ? shell : undefined)
        );
      case "edit":
        return has(PATH, OLD, NEW)[0];
      case "write":
        return has(PATH, CONTENT).find((tool) => !fieldOf(tool, OLD));
      case "read":
        return has(PATH).find(
          (tool) =>
            /\b(?:read|view|open|cat|show)/i.test(tool.words.replaceAll("_", " ")) &&
            !fieldOf(tool, CONTENT) &&
            !fieldOf(tool, OLD),
        );
    }
  }
}

function shapeOf({ name, description = "", input_schema: schema }: Anthropic.Tool): Shape {
  const properties = (schema?.properties ?? {}) as Record<string, Property>;
  return { name, words: `${name} ${description}`, properties, required: schema?.required ?? [] };
}

/** The name of the string that fits; empty where there is none. */
function fieldOf(tool: Shape, pattern: RegExp): string {
  const names = Object.keys(tool.properties).filter(
    (name) => pattern.test(name) && isA(tool, name, "string"),
  );
  return names.find((name) => tool.required.includes(name)) ?? names[0] ?? "";
}

function isA({ properties }: Shape, name: string, type: string): boolean {
  return [properties[name]?.type].flat().includes(type);
}

/** The input with something harmless in every required field that a grader cannot know. */
function filled({ properties, required }: Shape, input: Record<string, unknown>): Record<string, unknown> {
  const missing = required.filter((name) => !(name in input));
  return { ...input, ...Object.fromEntries(missing.map((name) => [name, somethingFor(properties[name])])) };
}

function somethingFor({ type, enum: choices, minimum }: Property = {}): unknown {
  if (choices) return choices[0];
  if (type === "boolean") return false;
  if (type === "number" || type === "integer") return Math.max(minimum ?? 0, 30);
  if (type === "array") return [];
  return type === "object" ? {} : "grading";
}
