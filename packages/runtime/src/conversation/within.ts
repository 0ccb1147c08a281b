// A wait that ends: whoever asks where nobody may be there takes silence for an answer.

/** What `ask` resolves with, or `otherwise` after so many seconds; `tooLate` then tells whoever was asked. */
export async function within<T>(
  seconds: number,
  ask: (tooLate: AbortSignal) => Promise<T>,
  otherwise: T,
): Promise<T> {
  const tooLate = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      resolve(otherwise);
      tooLate.abort();
    }, seconds * 1000);
  });
  try {
    return await Promise.race([ask(tooLate.signal), silence]);
  } finally {
    clearTimeout(timer);
  }
}
