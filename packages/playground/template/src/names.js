/** "ada LOVELACE" becomes "Ada Lovelace". */
export function capitalize(name) {
  return name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word[0].toUpperCase() + word.slice(1).toLowerCase())
    .join(" ");
}
