// ${NAME} and ${NAME:-default} in a configuration, as in Claude Code's .mcp.json
// (https://code.claude.com/docs/en/mcp#environment-variable-expansion-in-mcp-json).

export interface Expanded {
  text: string;
  /** Names that are not set and have no default; they stay as they were written. */
  unset: string[];
}

export type Variables = Readonly<Record<string, string | undefined>>;

export function expandVariables(text: string, variables: Variables): Expanded {
  const unset = new Set<string>();
  const expanded = text.replace(
    /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g,
    (whole, name: string, otherwise?: string) => {
      const value = (Object.hasOwn(variables, name) ? variables[name] : undefined) ?? otherwise;
      if (value === undefined) unset.add(name);
      return value ?? whole;
    },
  );
  return { text: expanded, unset: [...unset] };
}
