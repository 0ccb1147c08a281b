// Whether a media query holds. False until the page is alive: the server knows no screen.
import { onMounted, onUnmounted, ref, type Ref } from "vue";

/** There is room for the code beside the prose. As in styles/base.css. */
export const WIDE = "(min-width: 1100px)";

export function useMedia(query: string): Ref<boolean> {
  const holds = ref(false);
  let list: MediaQueryList | undefined;
  const update = () => (holds.value = list?.matches ?? false);
  onMounted(() => {
    list = window.matchMedia(query);
    list.addEventListener("change", update);
    update();
  });
  onUnmounted(() => list?.removeEventListener("change", update));
  return holds;
}
