// Where the calls of a conversation work.

/** A folder that calls work in, as a Workspace is one. */
export interface Place {
  readonly root: string;
  /** The real absolute path of a path in it. Throws ToolError if it leads out. */
  resolve(path: string): string;
}
