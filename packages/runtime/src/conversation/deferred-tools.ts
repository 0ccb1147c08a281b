// Tools whose definitions stay out of the prompt until a `tool_reference` in a result loads them. They are no part of
// the prefix that binds thinking, so they may come, change and go while a conversation lasts; only what it has loaded
// stays as it is (https://platform.claude.com/docs/en/agents-and-tools/tool-use/tool-search-tool).
import type Anthropic from "@anthropic-ai/sdk";

export class DeferredTools {
  #tools: readonly Anthropic.Tool[] = [];
  readonly #loaded = new Set<string>();

  /** Those that were sent last. */
  get tools(): readonly Anthropic.Tool[] {
    return this.#tools;
  }

  /** Takes over the tools that there are now. Returns whether anything has changed. */
  update(now: readonly Anthropic.Tool[]): boolean {
    // The API refuses a reference to a tool that is not in the list, so one that is loaded outlives its server.
    const kept = this.#tools.filter(({ name }) => this.#loaded.has(name));
    const names = new Set(kept.map(({ name }) => name));
    const next = [...kept, ...now.filter(({ name }) => !names.has(name))];
    const before = new Set(this.#tools);
    if (next.length === before.size && next.every((tool) => before.has(tool))) return false;
    this.#tools = next;
    return true;
  }

  /** Those that were sent last in a conversation that is taken up. */
  restore(tools: readonly Anthropic.Tool[]): void {
    this.#tools = tools;
  }

  /** What results hold that were added. */
  noteLoaded(blocks: readonly Anthropic.ContentBlockParam[]): void {
    for (const block of blocks)
      if (block.type === "tool_result" && Array.isArray(block.content))
        for (const part of block.content)
          if (part.type === "tool_reference") this.#loaded.add(part.tool_name);
  }

  /** A conversation that begins anew is told of them again. */
  clear(): void {
    this.#tools = [];
    this.#loaded.clear();
  }

  /** After an edit: only what is noted from here on is loaded. */
  forgetLoaded(): void {
    this.#loaded.clear();
  }
}
