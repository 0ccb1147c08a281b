// Where somebody is in a trace: the step that is shown, playing on, and following what is still being written.
import { computed, onBeforeUnmount, ref, shallowRef, triggerRef, watch } from "vue";
import { MAIN, Player, type Frame } from "../src/index.ts";

type Events = Player["events"];

const SLOWEST_MS = 1_400;
const FASTEST_MS = 350;

/** `events` may grow; another list begins anew. `first` is the step to begin with, counted from 1. */
export function usePlayer(options: {
  events: () => Events;
  live: () => boolean;
  first: () => number | undefined;
}) {
  const player = shallowRef(new Player(options.events()));
  const last = () => Math.max(0, player.value.steps.length - 1);
  /** Counted from 0. */
  const step = ref(0);
  const playing = ref(false);
  const conversation = ref(MAIN);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const goTo = (to: number) => {
    step.value = Math.min(last(), Math.max(0, Math.round(to)));
  };
  /** A step that was asked for and is not there yet. */
  let wanted: number | undefined;
  const want = (to: number) => {
    wanted = to > last() ? to : undefined;
    goTo(to);
  };
  const first = options.first();
  if (first !== undefined) want(first - 1);
  else if (options.live()) goTo(last());

  watch(options.events, (events) => {
    const known = player.value;
    const follows = options.live() && step.value >= last();
    if (events.length >= known.length && known.events.every((event, index) => events[index] === event)) {
      known.push(...events.slice(known.length));
      triggerRef(player);
    } else player.value = new Player(events);
    if (wanted !== undefined) want(wanted);
    else goTo(follows ? last() : step.value);
  });

  const frame = computed<Frame | undefined>(() => {
    const index = player.value.steps[step.value];
    return index === undefined ? undefined : player.value.frame(index);
  });
  /** The event of the step before: what came since then is new. */
  const since = computed(() => player.value.steps[step.value - 1] ?? -1);

  const pause = () => {
    wanted = undefined;
    playing.value = false;
    clearTimeout(timer);
  };
  const tick = () => {
    if (step.value >= last()) return pause();
    goTo(step.value + 1);
    const [now, next] = [step.value, step.value + 1].map((at) => timeOf(player.value, at));
    const real = (next ?? 0) - (now ?? 0);
    timer = setTimeout(tick, Math.min(SLOWEST_MS, Math.max(FASTEST_MS, real)));
  };
  const play = () => {
    if (step.value >= last()) step.value = 0;
    playing.value = true;
    timer = setTimeout(tick, FASTEST_MS);
  };
  onBeforeUnmount(pause);

  return {
    player,
    step,
    frame,
    since,
    playing,
    conversation,
    atEnd: computed(() => player.value && step.value >= last()),
    goTo(to: number) {
      pause();
      want(to);
    },
    toggle: () => (playing.value ? pause() : play()),
    toEnd() {
      pause();
      goTo(last());
    },
  };
}

function timeOf(player: Player, step: number): number | undefined {
  const index = player.steps[step];
  return index === undefined ? undefined : player.events[index]?.at;
}
