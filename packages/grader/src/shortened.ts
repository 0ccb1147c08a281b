const MOST = 120;

/** Text as one line that can stand in a sentence. */
export function shortened(text: string, most = MOST): string {
  const line = text.replace(/\s*[\r\n]\s*|\t/g, " ").trim();
  if (line === "") return "(nothing)";
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}
