/** How the error of a function begins that the learner has not written. */
export const NOT_WRITTEN = "Not written yet:";
