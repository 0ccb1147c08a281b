// What a server offers: tools, prompts, resources and instructions. Each entry is checked for itself, so that one
// broken entry costs only itself, whatever else is in its list.
import type { Client } from "@modelcontextprotocol/client";
import { errorMessage, schema } from "@course/runtime";
import { checkedSchema, type InputSchema } from "./input-schema.ts";

/** Longer descriptions and instructions are cut, as Claude Code cuts them. */
const LONGEST_TEXT = 2_048;
const MOST_PAGES = 64;

export interface OfferedTool {
  name: string;
  description: string;
  inputSchema: InputSchema;
}

export interface OfferedPrompt {
  name: string;
  description: string;
  arguments: { name: string; required: boolean }[];
}

interface OfferedResource {
  uri: string;
  name: string;
  description: string;
}

export interface Offers {
  tools: readonly OfferedTool[];
  prompts: readonly OfferedPrompt[];
  resources: readonly OfferedResource[];
  instructions: string;
  /** A line for each entry that cannot be used. */
  problems: readonly string[];
}

export const NOTHING: Offers = { tools: [], prompts: [], resources: [], instructions: "", problems: [] };

const entry = schema((z) =>
  z.object({ name: z.string().min(1), description: z.string().nullish(), inputSchema: z.unknown() }),
);
const promptEntry = schema((z) =>
  z.object({
    name: z.string().min(1),
    description: z.string().nullish(),
    arguments: z.array(z.object({ name: z.string(), required: z.boolean().nullish() })).nullish(),
  }),
);
const resourceEntry = schema((z) =>
  z.object({ uri: z.string(), name: z.string().nullish(), description: z.string().nullish() }),
);

/** Rejects where the tools are not answered. Of the other lists that costs only the list. */
export async function listOffers(client: Client, timeoutMs: number): Promise<Offers> {
  const can = client.getServerCapabilities() ?? {};
  const problems: string[] = [];
  const list = async (kind: "tools" | "prompts" | "resources") =>
    can[kind] ? entriesOf(client, kind, { timeout: timeoutMs, problems }) : [];
  const ifAnswered = (kind: "prompts" | "resources") =>
    list(kind).catch((error: unknown) => {
      problems.push(`${kind}/list was not answered: ${errorMessage(error)}`);
      return [];
    });
  const [tools, prompts, resources] = await Promise.all([
    list("tools"),
    ifAnswered("prompts"),
    ifAnswered("resources"),
  ]);
  return {
    tools: usable(tools, problems),
    prompts: prompts.flatMap((raw) => {
      const { data } = promptEntry().safeParse(raw);
      const named = (data?.arguments ?? []).map(({ name, required }) => ({
        name,
        required: required === true,
      }));
      return data ? [{ name: data.name, description: cut(data.description), arguments: named }] : [];
    }),
    resources: resources.flatMap((raw) => {
      const { data } = resourceEntry().safeParse(raw);
      return data ? [{ uri: data.uri, name: data.name ?? "", description: cut(data.description) }] : [];
    }),
    instructions: cut(client.getInstructions()),
    problems,
  };
}

/** The tools that can be used, each name once; `problems` gets a line for each other. */
function usable(tools: readonly unknown[], problems: string[]): OfferedTool[] {
  const names = new Set<string>();
  return tools.flatMap((raw) => {
    const found = entry().safeParse(raw);
    const name = found.data?.name ?? nameIn(raw);
    const checked = found.success ? checkedSchema(found.data.inputSchema) : { problem: "it has no name" };
    const problem = names.has(name)
      ? "there is another of this name"
      : "problem" in checked && checked.problem;
    if (problem || !("schema" in checked)) {
      problems.push(`the tool ${name} is left out: ${problem}`);
      return [];
    }
    names.add(name);
    return [{ name, description: cut(found.data?.description), inputSchema: checked.schema }];
  });
}

/** All pages of a list, as they came. */
async function entriesOf(
  client: Client,
  kind: string,
  { timeout, problems }: { timeout: number; problems: string[] },
): Promise<unknown[]> {
  const page = schema((z) => z.looseObject({ nextCursor: z.string().optional() }));
  const entries: unknown[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await client.request({ method: `${kind}/list`, params }, page(), { timeout });
    const items = answer[kind];
    if (Array.isArray(items)) entries.push(...(items as unknown[]));
    cursor = answer.nextCursor;
    if (cursor === undefined) return entries;
  }
  problems.push(`${kind}/list has more than ${MOST_PAGES} pages; the rest is left out`);
  return entries;
}

function nameIn(raw: unknown): string {
  const name = typeof raw === "object" && raw !== null && "name" in raw ? raw.name : undefined;
  return typeof name === "string" ? name : (JSON.stringify(raw)?.slice(0, 60) ?? "(nothing)");
}

function cut(words: string | null | undefined): string {
  const all = (words ?? "").toWellFormed();
  return all.length <= LONGEST_TEXT ? all : `${all.slice(0, LONGEST_TEXT).toWellFormed()}…`;
}
