// Where somebody is in a trace: the step that is shown, playing on, and following what is still being written.
import {
  computed,
  onBeforeUnmount,
  ref,
  shallowRef,
  triggerRef,
  watch,
  type Ref,
  type ShallowRef,
} from "vue";
import { MAIN, Player, type Frame } from "../src/index.ts";

type Events = Player["events"];

interface Options {
  /** May grow, if each time it is another array; any other list begins anew. */
  events: () => Events;
  live: () => boolean;
  /** The step to begin with, counted from 1. */
  first: () => number | undefined;
}

const SLOWEST_MS = 1_400;
const FASTEST_MS = 350;

export function usePlayer(options: Options) {
  const player = shallowRef(new Player(options.events()));
  const { step, atEnd, goTo, want } = useStep(player, options);
  const { playing, pause, toggle } = usePlaying(player, step, goTo);
  const frame = computed<Frame | undefined>(() => {
    const index = player.value.steps[step.value];
    return index === undefined ? undefined : player.value.frame(index);
  });
  return {
    player,
    step,
    frame,
    /** The event of the step before: what came since then is new. */
    since: computed(() => player.value.steps[step.value - 1] ?? -1),
    playing,
    conversation: ref(MAIN),
    atEnd,
    toggle,
    goTo(to: number) {
      pause();
      want(to);
    },
    toEnd() {
      pause();
      goTo(Infinity);
    },
  };
}

/** The step that is shown, counted from 0. */
function useStep(player: ShallowRef<Player>, { events, live, first }: Options) {
  const last = () => Math.max(0, player.value.steps.length - 1);
  const step = ref(0);
  /** A step that was asked for and is not there yet. */
  let wanted: number | undefined;
  const goTo = (to: number) => {
    wanted = undefined;
    step.value = Math.min(last(), Math.max(0, to));
  };
  const want = (to: number) => {
    goTo(to);
    if (to > last()) wanted = to;
  };
  const beginning = first();
  if (beginning !== undefined) want(beginning - 1);
  else if (live()) goTo(last());

  watch(events, (now) => {
    const follows = live() && step.value >= last();
    grow(player, now);
    if (wanted !== undefined) want(wanted);
    else goTo(follows ? last() : step.value);
  });
  return { step, goTo, want, atEnd: computed(() => step.value >= last()) };
}

function grow(player: ShallowRef<Player>, events: Events): void {
  const known = player.value;
  const isLonger = events.length >= known.length;
  if (!isLonger || known.events.some((event, index) => events[index] !== event)) {
    player.value = new Player(events);
    return;
  }
  known.push(...events.slice(known.length));
  triggerRef(player);
}

function usePlaying(player: ShallowRef<Player>, step: Ref<number>, goTo: (to: number) => void) {
  const playing = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const last = () => player.value.steps.length - 1;
  const pause = () => {
    playing.value = false;
    clearTimeout(timer);
  };
  const tick = () => {
    if (step.value >= last()) return pause();
    goTo(step.value + 1);
    const real = timeOf(player.value, step.value + 1) - timeOf(player.value, step.value);
    timer = setTimeout(tick, Math.min(SLOWEST_MS, Math.max(FASTEST_MS, real)));
  };
  const play = () => {
    if (step.value >= last()) goTo(0);
    playing.value = true;
    timer = setTimeout(tick, FASTEST_MS);
  };
  onBeforeUnmount(pause);
  return { playing, pause, toggle: () => (playing.value ? pause() : play()) };
}

/** The time of a step; of one behind the last, none. */
function timeOf(player: Player, step: number): number {
  return player.events[player.steps[step] ?? -1]?.at ?? 0;
}
