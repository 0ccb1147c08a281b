// What is refused as a rule: one that nothing could ever match holds nothing back, and whoever wrote it believes
// that it does.
import { closest, distance } from "fastest-levenshtein";

export type RuleKind = "deny" | "ask" | "allow";

interface Candidate {
  text: string;
  tool: string;
  /** The tool by the name that rules use. */
  known: string;
  specifier: string | undefined;
  kind: RuleKind;
}

const TOOL = /^(\*|[A-Za-z_][\w-]*|mcp__[\w-]*\*)$/;
const BASE_TOOLS = ["bash", "read_file", "write_file", "edit_file", "background_run"];
const FILE_TOOLS = ["Read", "Edit"];
/** Claude Code's other tools. There are none of these here, so their rules hold nothing; but they are no mistakes. */
const ELSEWHERE = new Set(
  `Agent AskUserQuestion BashOutput Cd EnterPlanMode EnterWorktree ExitPlanMode ExitWorktree Glob Grep KillBash KillShell LS LSP
  ListMcpResourcesTool Monitor NotebookEdit NotebookRead PowerShell ReadMcpResourceTool Skill SlashCommand Task TaskCreate TaskGet
  TaskList TaskOutput TaskStop TaskUpdate TodoRead TodoWrite ToolSearch WebFetch WebSearch`.split(/\s+/),
);

/** Whether a tool of Claude Code is meant that there is not here. */
export const isElsewhere = (tool: string): boolean => ELSEWHERE.has(tool);

/** Throws an Error that says what is wrong with the rule. */
export function checkRule({ text, tool, known, specifier, kind }: Candidate): void {
  const fail = (reason: string) => {
    throw new Error(`"${text}"${reason.startsWith(":") ? "" : " "}${reason}`);
  };
  if (!TOOL.test(tool)) fail("is no rule. Expected a tool, or one as in Bash(npm test:*).");
  const unknown = unknownTool(tool, known, kind);
  if (unknown !== undefined) fail(unknown);
  if (specifier === undefined) return;
  if (specifier.trim() === "") fail("has empty parentheses.");
  if (/\)\s*,\s*\w+\(/.test(specifier)) fail("holds several rules. Write each as a string of its own.");
  const isSearch = ["Glob", "Grep", "LS"].includes(tool);
  if (isSearch && kind !== "allow")
    fail(`matches nothing: there is no ${tool} here. Meant Read(${specifier})?`);
  const canSpecify =
    known === "Bash" || FILE_TOOLS.includes(known) || ELSEWHERE.has(known) || known.startsWith("mcp__");
  if (!canSpecify) fail(`: ${tool} is no tool whose calls a rule can tell apart. Meant Bash, Read or Edit?`);
  const reason = FILE_TOOLS.includes(known)
    ? pathProblem(specifier.trim())
    : known === "Bash"
      ? commandProblem(specifier.trim(), kind)
      : undefined;
  if (reason !== undefined) fail(`can match nothing: ${reason}`);
}

function unknownTool(tool: string, known: string, kind: RuleKind): string | undefined {
  if (known !== tool || tool === "Bash" || FILE_TOOLS.includes(tool) || ELSEWHERE.has(tool)) return undefined;
  if (tool === "*" || tool.startsWith("mcp__")) return undefined;
  const near = closest(tool.toLowerCase(), [...BASE_TOOLS, "read", "edit", "write"]);
  const isTypo = distance(tool.toLowerCase(), near) <= 2;
  // A chapter's own tool is written in small letters; which there are is not known here.
  const isNoTool = /^[A-Z]/.test(tool) ? kind !== "allow" || isTypo : isTypo && kind !== "allow";
  return isNoTool
    ? `: ${tool} is no tool here. Meant ${near === "bash" ? "Bash" : near === "read" ? "Read" : "Edit"}?`
    : undefined;
}

/** Patterns are those of .gitignore, with a beginning that says where they start. */
function pathProblem(path: string): string | undefined {
  const inside = path.replace(/^(?:~\/|\/\/|\.\/|(?:\.\.\/)+|\/)/, "");
  if (inside === "" || path === "." || path === ".." || path === "~")
    return `a folder alone. For what is in it, write ${path.replace(/\/?$/, "/**")}`;
  if (/^[!#]/.test(inside)) return `${inside[0]} at the beginning has a meaning of its own in such patterns.`;
  if (path.startsWith("~") && !path.startsWith("~/")) return "~ stands only for your own home, as in ~/**.";
  if (/['"`]/.test(path)) return "it has a quote; paths are written without.";
  if (/[$%]\w|\$\{/.test(path)) return "variables are not filled in. Write ~/ for the home.";
  if (/[{}]/.test(path)) return "braces are not taken apart. Write one rule for each.";
  if (/\\[^*?[\]# !\\]/.test(path)) return "it has a backslash. Folders are separated by /.";
  if (
    inside
      .split("/")
      .some((part, index, all) => part === "." || part === ".." || (part === "" && index < all.length - 1))
  )
    return "it has // or a . or .. in the middle. Write the path as it is.";
  return undefined;
}

function commandProblem(command: string, kind: RuleKind): string | undefined {
  if (/^:?\*?$/.test(command) && command !== "*") return "it names no command. For all of them, write Bash.";
  if (/:\*(?!$)/.test(command)) return ":* stands only at the end.";
  if (kind === "allow") return undefined;
  if (/&&|[;|\n]|[^\\]&$/.test(command)) return "a line is judged command by command. Write a rule for each.";
  if (/^[A-Za-z_]\w*=/.test(command))
    return "it begins with a variable. A line that sets one is always asked.";
  if (/^[$`(]|^['"]/.test(command)) return "commands are compared as they run, without quotes or variables.";
  return undefined;
}
