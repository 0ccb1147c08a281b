// What stands beside the prose: the block that the reader has come to, or has asked for.
import { inject, onMounted, onUnmounted, provide, shallowRef, type InjectionKey } from "vue";

/** Something that a block of a page can show beside it. */
export type Exhibit = { kind: "code"; path: string; step: number } | { kind: "run"; run: string };

interface Placed {
  exhibit: Exhibit;
  element: HTMLElement;
}

/** A block is what one reads when it is above this part of the window's height. */
const READING_LINE = 0.6;
/** Where a block is put that one goes to. */
const GO_TO_LINE = 0.3;
/** Scrolling as far as this, in pixels, ends what was asked for by hand. */
const LET_GO = 240;

export class Walk {
  /** What stands beside the prose now. */
  readonly active = shallowRef<Exhibit>();
  readonly #placed: Placed[] = [];
  #heldAt: number | undefined;
  #isAsked = false;

  place(exhibit: Exhibit, element: HTMLElement): void {
    this.#placed.push({ exhibit, element });
  }

  takeAway(exhibit: Exhibit): void {
    const at = this.#placed.findIndex((other) => other.exhibit === exhibit);
    if (at !== -1) this.#placed.splice(at, 1);
  }

  /** In the order of the page. */
  exhibits(): readonly Exhibit[] {
    return this.#inOrder().map(({ exhibit }) => exhibit);
  }

  /** Shows it beside the prose until the reader scrolls on. */
  show(exhibit: Exhibit): void {
    this.active.value = exhibit;
    this.#heldAt = window.scrollY;
  }

  /** Scrolls to its block, and shows it. */
  goTo(exhibit: Exhibit): void {
    const element = this.#placed.find((other) => other.exhibit === exhibit)?.element;
    if (!element) return;
    const top = element.getBoundingClientRect().top - window.innerHeight * GO_TO_LINE;
    // At once: on the way it would let go of what it shows.
    window.scrollBy({ top, behavior: "instant" });
    this.show(exhibit);
  }

  /** Looks where the reader is, once a frame. */
  readonly ask = (): void => {
    if (!this.#isAsked) requestAnimationFrame(() => this.#look());
    this.#isAsked = true;
  };

  #look(): void {
    this.#isAsked = false;
    if (this.#heldAt !== undefined && Math.abs(window.scrollY - this.#heldAt) < LET_GO) return;
    this.#heldAt = undefined;
    const line = window.innerHeight * READING_LINE;
    const order = this.#inOrder();
    const reached = order.findLast(({ element }) => element.getBoundingClientRect().top < line);
    this.active.value = (reached ?? order[0])?.exhibit;
  }

  #inOrder(): Placed[] {
    const topOf = ({ element }: Placed) => element.getBoundingClientRect().top;
    return this.#placed.toSorted((a, b) => topOf(a) - topOf(b));
  }
}

const KEY: InjectionKey<Walk> = Symbol("walk");

export function useWalk(): Walk | undefined {
  return inject(KEY, undefined);
}

export function provideWalk(): Walk {
  const walk = new Walk();
  provide(KEY, walk);
  onMounted(() => {
    window.addEventListener("scroll", walk.ask, { passive: true });
    window.addEventListener("resize", walk.ask);
    walk.ask();
  });
  onUnmounted(() => {
    window.removeEventListener("scroll", walk.ask);
    window.removeEventListener("resize", walk.ask);
  });
  return walk;
}
