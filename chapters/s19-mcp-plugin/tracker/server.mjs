// A small MCP server on standard input and output: an issue tracker for the playground. It offers one of each kind: a tool, a
// tool that takes a while and says how far it is, a tool that is there only after signing in (so the list changes), a
// resource for each issue, and a prompt. Plain JavaScript: `node server.mjs` starts it, from any folder.
import { setTimeout as delay } from "node:timers/promises";
import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const issues = [
  {
    id: 3,
    title: "joinNames drops the last name",
    file: "src/list.js",
    comments: ["Seen in the greeting of three."],
  },
  { id: 7, title: "Names with a space are greeted twice", file: "src/greet.js", comments: [] },
  { id: 9, title: "The log says nothing about slow requests", file: "logs/server.log", comments: [] },
];
const IMPORT_STEPS = 8;
const STEP_MS = 250;

const text = (words) => ({ content: [{ type: "text", text: words }] });
const line = ({ id, title, file }) => `#${id} ${title} (${file})`;
const whole = (issue) => [line(issue), ...issue.comments.map((comment) => `  - ${comment}`)].join("\n");

function addTools(server) {
  server.registerTool(
    "search_issues",
    {
      description: "Finds issues by words of their title or file, or by their number.",
      inputSchema: z.object({ query: z.string().describe("A word, or a number as in 3") }),
      annotations: { readOnlyHint: true },
    },
    ({ query }) => {
      const found = issues.filter((issue) => line(issue).toLowerCase().includes(query.toLowerCase()));
      return text(found.map(whole).join("\n") || `No issue has "${query}" in it.`);
    },
  );
  server.registerTool(
    "import_issues",
    { description: "Imports issues from the old tracker. Takes some seconds.", inputSchema: z.object({}) },
    async (_input, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (let progress = 1; progress <= IMPORT_STEPS; progress++) {
        await delay(STEP_MS, undefined, { signal: mcpReq.signal });
        if (progressToken === undefined) continue;
        const params = { progressToken, progress, total: IMPORT_STEPS, message: `page ${progress}` };
        await mcpReq.notify({ method: "notifications/progress", params });
      }
      issues.push({ id: 12, title: "Initials are missing", file: "src/names.js", comments: [] });
      return text("Imported 1 issue: #12.");
    },
  );
}

/** A tool that comes later: the client hears of it by tools/list_changed, which `enable` sends. */
function addSignIn(server) {
  let name = "";
  const comment = server.registerTool(
    "add_comment",
    {
      description: "Adds a comment to an issue, under the name that signed in.",
      inputSchema: z.object({ id: z.number().int(), text: z.string() }),
    },
    (input) => {
      const issue = issues.find(({ id }) => id === input.id);
      if (!issue) return { ...text(`There is no issue #${input.id}. Search first.`), isError: true };
      issue.comments.push(`${name}: ${input.text}`);
      return text(whole(issue));
    },
  );
  comment.disable();
  server.registerTool(
    "sign_in",
    { description: "Signs in, so that comments can be added.", inputSchema: z.object({ name: z.string() }) },
    (input) => {
      name = input.name;
      comment.enable();
      return text(`Signed in as ${name}. There is a tool for comments now.`);
    },
  );
}

function addResources(server) {
  for (const { id, title } of issues)
    server.registerResource(
      `issue ${id}`,
      `tracker://issues/${id}`,
      { title, mimeType: "text/plain" },
      (uri) => {
        const issue = issues.find((candidate) => candidate.id === id);
        return { contents: [{ uri: uri.href, text: issue ? whole(issue) : "" }] };
      },
    );
}

function addPrompt(server) {
  server.registerPrompt(
    "fix",
    { description: "Works on an issue", argsSchema: z.object({ id: z.string().describe("Its number") }) },
    ({ id }) => ({
      messages: [{ role: "user", content: { type: "text", text: `Search the tracker for \`#${id}\`` } }],
    }),
  );
}

serveStdio(() => {
  const server = new McpServer(
    { name: "tracker", version: "1.0.0" },
    { instructions: "Issues have numbers, as in #3. Search before you comment." },
  );
  addTools(server);
  addSignIn(server);
  addResources(server);
  addPrompt(server);
  console.error("The tracker is listening.");
  return server;
});
