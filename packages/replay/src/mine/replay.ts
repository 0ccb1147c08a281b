export const replayMine = (_: unknown) => Promise.resolve(0);
