// A small agent for tests: it speaks to the offline model over HTTP and answers each call for real, in a folder of
// its own. What a chapter's tools print is kept to the words that the offline model reads.
import { exec, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { startOfflineModel } from "../src/index.ts";

type Input = Record<string, string>;
export type Tools = Record<string, (input: Input) => string | Promise<string>>;

const TEMPLATE = join(import.meta.dirname, "../../playground/template");

export class Driver {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "drive-")));
  messages: Anthropic.MessageParam[] = [];
  /** Every call since the driver began, as "bash ls" and "read_file README.md". */
  readonly calls: string[] = [];
  readonly thoughts: string[] = [];
  readonly tools: Tools;
  readonly #server: Awaited<ReturnType<typeof startOfflineModel>>;
  readonly #client: Anthropic;

  static async start(more: Tools = {}, without: readonly string[] = []): Promise<Driver> {
    return new Driver(await startOfflineModel(), more, without);
  }

  private constructor(
    server: Awaited<ReturnType<typeof startOfflineModel>>,
    more: Tools,
    without: readonly string[],
  ) {
    this.#server = server;
    this.#client = new Anthropic({ baseURL: server.url, apiKey: "test", maxRetries: 0 });
    cpSync(TEMPLATE, this.folder, { recursive: true });
    // What takes its time there would take ours.
    const slow = this.path("test/slow.test.js");
    writeFileSync(slow, readFileSync(slow, "utf8").replace("delay(3000)", "delay(3)"));
    const git = (...args: string[]) => execFileSync("git", args, { cwd: this.folder, stdio: "ignore" });
    git("init", "--initial-branch=main");
    git("add", ".");
    git("-c", "user.name=Test", "-c", "user.email=test@localhost", "commit", "-m", "The playground");
    const tools = { ...this.#baseTools(), ...more };
    this.tools = Object.fromEntries(Object.entries(tools).filter(([name]) => !without.includes(name)));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  /** One run: to the model's last words, which are returned. */
  async ask(prompt: string): Promise<string> {
    this.push("user", [{ type: "text", text: prompt }]);
    for (let turn = 0; turn < 60; turn++) {
      const reply = await this.send();
      const calls = reply.content.filter((block) => block.type === "tool_use");
      if (calls.length === 0)
        return reply.content.map((block) => (block.type === "text" ? block.text : "")).join("");
      const results: Anthropic.ToolResultBlockParam[] = [];
      for (const call of calls) results.push(await this.#answer(call));
      this.push("user", results);
    }
    throw new Error(`"${prompt}" did not come to an end in 60 turns: ${this.calls.slice(-5).join("; ")}`);
  }

  /** One request with what the conversation holds; the reply is added to it. */
  async send(): Promise<Anthropic.Message> {
    const reply = await this.#client.messages.create({
      model: "claude-sonnet-5-5",
      max_tokens: 1000,
      thinking: { type: "adaptive", display: "summarized" },
      messages: this.messages,
      tools: Object.keys(this.tools).map((name) => ({ name, input_schema: { type: "object" } })),
    });
    for (const block of reply.content) if (block.type === "thinking") this.thoughts.push(block.thinking);
    this.push("assistant", reply.content);
    return reply;
  }

  push(role: "user" | "assistant", content: Anthropic.ContentBlockParam[]): void {
    const last = this.messages.at(-1);
    if (last?.role === role && typeof last.content !== "string") last.content.push(...content);
    else this.messages.push({ role, content });
  }

  async #answer({ id, name, input }: Anthropic.ToolUseBlock): Promise<Anthropic.ToolResultBlockParam> {
    const given = input as Input;
    this.calls.push(`${name} ${given["command"] ?? given["file_path"] ?? JSON.stringify(input)}`);
    try {
      const content = (await this.tools[name]?.(given)) ?? `There is no tool ${name}.`;
      return { type: "tool_result", tool_use_id: id, content };
    } catch (error) {
      const content = error instanceof Error ? error.message : String(error);
      return { type: "tool_result", tool_use_id: id, content, is_error: true };
    }
  }

  #baseTools(): Tools {
    return {
      bash: ({ command = "" }) => runBash(command, this.folder),
      read_file: ({ file_path = "", offset = 1, limit = Infinity }) =>
        this.read(file_path)
          .split("\n")
          .slice(Number(offset) - 1, Number(offset) - 1 + Number(limit))
          .join("\n"),
      write_file: ({ file_path = "", content = "" }) => {
        mkdirSync(dirname(this.path(file_path)), { recursive: true });
        writeFileSync(this.path(file_path), content);
        return `Wrote ${content.length} characters to ${file_path}.`;
      },
      edit_file: ({ file_path = "", old_string = "", new_string = "", replace_all }) => {
        const pieces = this.read(file_path).split(old_string);
        if (pieces.length === 1) throw new Error(`old_string was not found in ${file_path}.`);
        if (pieces.length > 2 && !replace_all)
          throw new Error(`old_string occurs ${pieces.length - 1} times.`);
        writeFileSync(this.path(file_path), pieces.join(new_string));
        return `Replaced ${pieces.length - 1} occurrences in ${file_path}.`;
      },
    };
  }

  async close(): Promise<void> {
    await this.#server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `npm test` and `npm run test:bugs` as npm does them, without the time that npm takes to start; the rest is npm's. */
const NPM = `#!/bin/sh
words=$*
name=\${words#run }
script=$(sed -n "s/^ *\\"$name\\": \\"\\(.*\\)\\",*$/\\1/p" package.json)
case "$words" in
  test | "run test" | "run test:bugs") ;;
  *) PATH=\${PATH#*:} exec npm "$@" ;;
esac
printf '\\n> playground@1.0.0 %s\\n> %s\\n\\n' "$name" "$script"
exec sh -c "$script"
`;
const BIN = mkdtempSync(join(process.env["COURSE_TEST_FOLDER"] ?? tmpdir(), "course-"));
writeFileSync(join(BIN, "npm"), NPM, { mode: 0o755 });
const PATH = `${BIN}:${process.env["PATH"]}`;

function runBash(command: string, cwd: string): Promise<string> {
  return new Promise((resolve) => {
    exec(command, { cwd, shell: "/bin/bash", env: { ...process.env, PATH } }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trimEnd();
      const note = error ? `[exit code ${error.code}]` : "";
      resolve([output, note].filter(Boolean).join("\n") || "(no output)");
    });
  });
}
