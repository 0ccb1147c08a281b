export const continueEdited = (_: unknown) => Promise.resolve(0);
