// A plugin's commands: commands/NAME.md is /plugin:NAME, a prompt in which $ARGUMENTS stands for what follows it on the line,
// and $1, $2 for its words (https://code.claude.com/docs/en/slash-commands).
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

/** The command's text with what was typed in it; at its end, where the text has no place for it. */
function filled(body: string, argument: string): string {
  const words = argument.split(/\s+/).filter(Boolean);
  const text = body.replace(/\$(ARGUMENTS\b|[1-9])/g, (_, name: string) =>
    name === "ARGUMENTS" ? argument : (words[Number(name) - 1] ?? ""),
  );
  const hasPlace = /\$(ARGUMENTS\b|[1-9])/.test(body);
  return hasPlace || argument === "" ? text : `${text}\n\nARGUMENTS: ${argument}`;
}
