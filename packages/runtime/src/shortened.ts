/** A text of at most `most` characters (UTF-16 units): of a longer one the beginning, and an ellipsis. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}
