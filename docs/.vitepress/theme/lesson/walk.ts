// What stands beside the prose: the block that the reader has come to, or has asked for.
import { inject, onMounted, onUnmounted, provide, shallowRef, type InjectionKey, type ShallowRef } from "vue";

/** Something that a block of a page can show beside it. */
export type Exhibit = { kind: "code"; path: string; step: number } | { kind: "run"; run: string };

interface Placed {
  exhibit: Exhibit;
  element: HTMLElement;
}

export interface Walk {
  /** What stands beside the prose now. */
  active: Readonly<ShallowRef<Exhibit | undefined>>;
  /** In the order of the page. */
  exhibits(): readonly Exhibit[];
  place(exhibit: Exhibit, element: HTMLElement): void;
  takeAway(exhibit: Exhibit): void;
  /** Shows it beside the prose until the reader scrolls on. */
  show(exhibit: Exhibit): void;
  /** Scrolls to its block, and shows it. */
  goTo(exhibit: Exhibit): void;
}

const KEY: InjectionKey<Walk> = Symbol("walk");
/** A block is what one reads when it is above this part of the window's height. */
const READING_LINE = 0.6;
/** Scrolling as far as this ends what was asked for by hand. */
const LET_GO = 240;

export function useWalk(): Walk | undefined {
  return inject(KEY, undefined);
}

export function provideWalk(): Walk {
  const placed: Placed[] = [];
  const active = shallowRef<Exhibit>();
  let heldAt: number | undefined;
  let isAsked = false;
  const inOrder = () =>
    placed.toSorted((a, b) => a.element.getBoundingClientRect().top - b.element.getBoundingClientRect().top);
  const look = () => {
    isAsked = false;
    if (heldAt !== undefined && Math.abs(window.scrollY - heldAt) < LET_GO) return;
    heldAt = undefined;
    const line = window.innerHeight * READING_LINE;
    const order = inOrder();
    const reached = order.findLast(({ element }) => element.getBoundingClientRect().top < line);
    active.value = (reached ?? order[0])?.exhibit;
  };
  const ask = () => {
    if (!isAsked) requestAnimationFrame(look);
    isAsked = true;
  };
  onMounted(() => {
    window.addEventListener("scroll", ask, { passive: true });
    window.addEventListener("resize", ask);
    ask();
  });
  onUnmounted(() => {
    window.removeEventListener("scroll", ask);
    window.removeEventListener("resize", ask);
  });
  const walk: Walk = {
    active,
    exhibits: () => inOrder().map(({ exhibit }) => exhibit),
    place: (exhibit, element) => placed.push({ exhibit, element }),
    takeAway: (exhibit) =>
      placed.splice(
        placed.findIndex((other) => other.exhibit === exhibit),
        1,
      ),
    show(exhibit) {
      active.value = exhibit;
      heldAt = window.scrollY;
    },
    goTo(exhibit) {
      const element = placed.find((other) => other.exhibit === exhibit)?.element;
      if (!element) return;
      window.scrollBy({ top: element.getBoundingClientRect().top - window.innerHeight * 0.3 });
      walk.show(exhibit);
    },
  };
  provide(KEY, walk);
  return walk;
}
