/** What a tool throws when the model can mend the call: the message is for the model to read. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}
