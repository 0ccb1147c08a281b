/** "Ada", "Grace" and "Alan" become "Ada, Grace and Alan". */
export function joinNames(names) {
  if (names.length < 2) return names.join("");
  const first = names.slice(0, -1).join(", ");
  const last = names[names.length];
  return `${first} and ${last}`;
}
