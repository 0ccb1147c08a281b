// For vitest: a package's test files share one process, so timers that one of them leaves faked stop those after it.
// A spy on a faked timer is such a case: vitest takes it away after the file, and puts the fake back.
const own = globalThis as { courseTimer?: typeof setTimeout };
own.courseTimer ??= setTimeout;
if (setTimeout !== own.courseTimer)
  throw new Error(
    "setTimeout is not Node's: a test file before this one faked or spied on it and left it so.",
  );
