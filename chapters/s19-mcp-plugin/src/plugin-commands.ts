// A plugin's commands: commands/NAME.md is /plugin:NAME, a prompt in which $ARGUMENTS stands for what follows it on the line,
// and $0, $1 or $ARGUMENTS[0] for its words (https://code.claude.com/docs/en/skills#available-string-substitutions).
// Not covered: !`command` lines, @files, and the frontmatter's allowed-tools and model; they stay as they are written.
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { errorMessage, readPlainFile, type Command } from "@course/runtime";
import { FrontmatterError, parseFrontmatter } from "@course/s05-skills";
import { shownPlace, type Plugin, type PluginCommand } from "./plugin.ts";

const LARGEST_BYTES = 200_000;
const NAME = /^[a-z0-9][a-z0-9_-]*$/i;

/** Reads a folder of commands, or one file. What cannot be read is a problem of the plugin. */
export function readPluginCommands(plugin: Plugin, place: string): void {
  const files = statSync(place).isDirectory()
    ? readdirSync(place)
        .filter((name) => name.endsWith(".md"))
        .sort()
        .map((name) => join(place, name))
    : [place];
  for (const file of files) {
    try {
      plugin.commands.push(readCommand(file));
    } catch (error) {
      const line = error instanceof FrontmatterError ? `, line ${error.line}` : "";
      plugin.problems.push(`${shownPlace(plugin, file)}${line}: ${errorMessage(error)}`);
    }
  }
}

function readCommand(file: string): PluginCommand {
  const name = basename(file, ".md");
  if (!NAME.test(name))
    throw new Error(`"${name}" is no name for a command; expected letters, digits, _ and -`);
  const text = readPlainFile(file, LARGEST_BYTES).toString("utf8");
  const hasFields = /^\uFEFF?---\s*\r?\n/.test(text);
  const { fields, body } = hasFields ? parseFrontmatter(text) : { fields: {}, body: text.trim() };
  if (body === "") throw new Error("it has no text below its frontmatter");
  const description = fields["description"];
  return {
    name,
    body,
    description: typeof description === "string" ? description : (body.split("\n")[0] ?? ""),
  };
}

export function commandsOf({ name: plugin, root, commands }: Plugin): [string, Command][] {
  return commands.map(({ name, description, body }) => {
    const text = body.replaceAll("${CLAUDE_PLUGIN_ROOT}", () => root);
    const fill = (argument: string) => filled(text, argument);
    return [`${plugin}:${name}`, { description: description.replace(/\s+/g, " "), run: fill, prompt: fill }];
  });
}

const PLACE = /\$(?:ARGUMENTS(?:\[(\d+)\]|\b)|(\d+)(?!\w))/g;

/** The command's text with what was typed in it; at its end, where the text has no place that it fills. */
function filled(body: string, argument: string): string {
  const words = wordsOf(argument);
  let isFilled = false;
  const text = body.replace(PLACE, (place, inBrackets?: string, short?: string) => {
    const number = inBrackets ?? short;
    const value = number === undefined ? argument : words[Number(number)];
    isFilled ||= value !== undefined;
    return value ?? place;
  });
  return isFilled || argument === "" ? text : `${text}\n\nARGUMENTS: ${argument}`;
}

/** As a shell splits them: what is in quotes is one word. A quote that nothing closes is a letter. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|\S)+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g,
      (_, double?: string, single?: string, escaped?: string) =>
        double?.replace(/\\(["\\])/g, "$1") ?? single ?? escaped ?? "",
    ),
  );
}
