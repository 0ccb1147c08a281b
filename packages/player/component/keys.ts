// Keys of the player: arrows go a step, Page Up and Down ten, Home and End to the ends, space plays and pauses.

/** The step that a key leads to, "toggle" for playing, or undefined for a key that is not the player's. */
export function stepKey(
  { key, target, altKey, ctrlKey, metaKey }: KeyboardEvent,
  step: number,
  total: number,
): number | "toggle" | undefined {
  if (altKey || ctrlKey || metaKey || !(target instanceof Element)) return undefined;
  // In the request one scrolls, in a text field one writes.
  if (target.closest("dialog, textarea, input:not([type=range])")) return undefined;
  const isScrolled = target.closest(".tp-messages") !== null;
  switch (key) {
    case "ArrowLeft":
      return step - 1;
    case "ArrowRight":
      return step + 1;
    case "PageUp":
      return isScrolled ? undefined : step - 10;
    case "PageDown":
      return isScrolled ? undefined : step + 10;
    case "Home":
      return isScrolled ? undefined : 0;
    case "End":
      return isScrolled ? undefined : total - 1;
    case " ":
      return target.closest("button, summary, a, select") ? undefined : "toggle";
    default:
      return undefined;
  }
}
