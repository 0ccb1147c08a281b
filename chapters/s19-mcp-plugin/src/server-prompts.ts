// A server's prompts are the user's: each is a slash command, /mcp__server__prompt, whose words after it are the prompt's
// arguments, in their order.
import type { GetPromptResult } from "@modelcontextprotocol/client";
import { ToolError, type Command } from "@course/runtime";
import { onOneLine } from "./foreign-lines.ts";
import type { OfferedPrompt } from "./offers.ts";
import type { ServerConnection } from "./server-connection.ts";
import { toolName } from "./tool-names.ts";

export function promptCommands(connection: ServerConnection): [string, Command][] {
  if (!connection.isUp) return [];
  return connection.offers.prompts.map((prompt) => {
    const command = toolName(connection.config.name, prompt.name);
    const ask = async (line: string) => {
      const given = argumentsOf(prompt, line);
      const missing = prompt.arguments.find(({ name, required }) => required && given[name] === undefined);
      if (missing)
        throw new ToolError(
          onOneLine(`/${command} needs ${missing.name}. Write /${command} ${usage(prompt)}`),
        );
      const params = { name: prompt.name, arguments: given };
      return textOf(await connection.ask((client) => client.getPrompt(params)));
    };
    const [first = ""] = prompt.description.split("\n");
    const description = onOneLine(`${usage(prompt)}${first} (MCP)`);
    return [command, { description, run: ask, prompt: ask }];
  });
}

function usage({ arguments: all }: OfferedPrompt): string {
  return all.map(({ name, required }) => (required ? `<${name}> ` : `[${name}] `)).join("");
}

/** One word each, and the last takes the rest of the line. */
function argumentsOf({ arguments: all }: OfferedPrompt, line: string): Record<string, string> {
  const words = line.trim().split(/\s+/).filter(Boolean);
  const values = all.map((_, index) =>
    index === all.length - 1 ? words.slice(index).join(" ") : words[index],
  );
  return Object.fromEntries(
    all.flatMap(({ name }, index) => (values[index] ? [[name, values[index]] as const] : [])),
  );
}

function textOf({ messages }: GetPromptResult): string {
  return messages
    .map(({ role, content }) => {
      const text = content.type === "text" ? content.text : textOfOther(content);
      return role === "user" ? text : `(${role}) ${text}`;
    })
    .join("\n\n");
}

type Content = GetPromptResult["messages"][number]["content"];

function textOfOther(content: Content): string {
  if (content.type === "resource" && "text" in content.resource)
    return `[resource ${content.resource.uri}]\n${content.resource.text}`;
  if (content.type === "resource_link") return `[resource ${content.uri}: ${content.name}]`;
  return `[${content.type}: not shown here]`;
}
