// The syntax that is read, in the grammar's names. What is not listed here is unclear.

/** Kinds that only hold other statements. */
export const CONTAINERS = new Set(
  "list pipeline subshell compound_statement negated_command if_statement elif_clause else_clause".split(" "),
);
export const OPERATORS = new Set(["(", ")", ";", "&", "&&", "||", "|", "|&"]);
export const KEYWORDS = new Set(["{", "}", "!", "if", "then", "elif", "else", "fi"]);
/** What bash takes for syntax at the beginning of a command, where the grammar may see a name. */
export const RESERVED =
  /^(?:[!{}]|\[\[|\]\]|if|then|elif|else|fi|for|while|until|do|done|case|esac|in|select|function|coproc)$/;
export const SUBSTITUTIONS = ["command_substitution", "process_substitution"];
