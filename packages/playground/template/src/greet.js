/** Greets a person; strangers are greeted, too. */
export function greet(name) {
  const trimmed = (name ?? "").trim();
  return `Hello, ${trimmed === "" ? "stranger" : trimmed}!`;
}
