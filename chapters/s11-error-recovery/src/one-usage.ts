// A reply in pieces, counted as if it had come at once: what was sent a second time does not stay in the conversation,
// and a window that counted it (s06) would believe itself fuller than it is.
import type Anthropic from "@anthropic-ai/sdk";

const CHARACTERS_PER_TOKEN = 4;

/** `first` is how the request itself was counted, if it was; else `resent` characters are taken off the last count. */
export function asOne(
  first: Anthropic.Usage | undefined,
  last: Anthropic.Usage,
  resent: number,
): Anthropic.Usage {
  const input = first ?? without(last, Math.ceil(resent / CHARACTERS_PER_TOKEN));
  return { ...input, output_tokens: last.output_tokens };
}

/** The usage of a request that would have had so many tokens less at its end. */
function without(usage: Anthropic.Usage, tokens: number): Anthropic.Usage {
  const fresh = Math.min(tokens, usage.input_tokens);
  const stored = Math.min(tokens - fresh, usage.cache_creation_input_tokens ?? 0);
  return {
    ...usage,
    input_tokens: usage.input_tokens - fresh,
    cache_creation_input_tokens: (usage.cache_creation_input_tokens ?? 0) - stored,
  };
}
