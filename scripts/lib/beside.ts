export async function besideText(a: string, b: string, n: number): Promise<string> {
  return `${a} ${b} ${n}`;
}
